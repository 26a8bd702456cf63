import type { ClientBytes } from '../../../electron/bridge/client.ts';
import { type Flood, floodReader } from './flood.ts';

/** What a viewer saw of a flood. */
export type FloodSeen = {
  /** Bytes of the flood that came. */
  received: number;
  /** Bytes that it was told to have missed. */
  skipped: number;
  /** The first place where other bytes came than were written; null while all is well. */
  wrongAt: number | null;
};

const noteBegin = Buffer.from('\r\n[NovaCron: ');
const note = /^\r\n\[NovaCron: (\d+) bytes were skipped\]\r\n/;
/** More than any note has. */
const noteBytes = 64;

/** Reads a flood as a terminal does: each piece is acknowledged after it was dealt with, in a later turn. */
export function viewFlood(bytes: ClientBytes, kind: Flood['kind']): FloodSeen {
  const reader = floodReader(kind);
  const seen: FloodSeen = { received: 0, skipped: 0, wrongAt: null };
  let carried: Uint8Array = new Uint8Array();
  const take = (chunk: Uint8Array): void => {
    let piece = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    carried = new Uint8Array();
    const head = Buffer.from(piece.buffer, piece.byteOffset, Math.min(piece.length, noteBytes));
    if (head.subarray(0, noteBegin.length).equals(noteBegin.subarray(0, head.length))) {
      const found = note.exec(head.toString('latin1'));
      if (found === null) {
        carried = piece.slice();
        return;
      }
      seen.skipped += Number(found[1]);
      piece = piece.subarray(found[0].length);
    }
    const place = seen.received + seen.skipped;
    if (!reader.check(place, piece)) seen.wrongAt ??= place;
    seen.received += piece.length;
  };
  bytes.onData((chunk) => {
    setImmediate(() => {
      take(chunk);
      bytes.ack(chunk.length);
    });
  });
  return seen;
}
