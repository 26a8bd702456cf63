import { type FileHandle, open } from 'node:fs/promises';
import type { Bell } from './wake.ts';

/** Bytes of a record that are sure to be kept; what is older may be cut off at any time. */
export const keptRecordBytes = 16 * 1024 * 1024;
/** One piece of output: small enough that a slow viewer holds little, large enough that the looks between cost little (half of 64 KiB's CPU time). */
const chunkBytes = 256 * 1024;
/** After output or a ring the record is looked at so often: below what a person notices while typing. */
const busyLookMs = 4;
/** A record that stands still is looked at less and less often, down to this. */
const idleLookMs = 100;
/** How the time between looks grows. */
const growth = 1.2;
/** How far a replay that begins inside the record looks for the beginning of a line. */
const lineSearchBytes = 4096;

/** What a reader of a record gets to know. */
export type FollowOptions = {
  path: string;
  /** Bytes from the end to begin with. */
  replayBytes: number;
  /** Ended when it says false and all was read. */
  growing(): boolean;
  /** Rung when the record grew, ended or the reader was closed. */
  bell: Bell;
  closed(): boolean;
};

async function startOffset(file: FileHandle, size: number, replayBytes: number): Promise<number> {
  const from = size - Math.min(size, replayBytes, keptRecordBytes);
  if (from === 0 || replayBytes === 0) {
    return from;
  }
  // Not in the middle of a character or of a colour sequence: after a newline, which may be the byte before.
  const { buffer, bytesRead } = await file.read(Buffer.alloc(lineSearchBytes), 0, lineSearchBytes, from - 1);
  const newline = buffer.subarray(0, bytesRead).indexOf(0x0a);
  return newline === -1 ? from : from + newline;
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  if (length <= 0) {
    return new Uint8Array();
  }
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(length), 0, length, offset);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
}

/**
 * Reads a console record and what is added to it. QEMU's own record is the one truth for every viewer, so that there is no gap and no
 * duplicate between replay and live output, whoever connects when; a viewer that is slow holds one piece only.
 */
export async function* followRecord(options: FollowOptions): AsyncGenerator<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(options.path, 'r');
  } catch {
    // Never started, or the record was dropped: nothing to show.
    return;
  }
  try {
    let offset = await startOffset(file, (await file.stat()).size, options.replayBytes);
    let lookMs = busyLookMs;
    while (!options.closed()) {
      // Asked before the read: what was written before an end is read after it.
      const growing = options.growing();
      const { size } = await file.stat();
      if (offset > size) {
        // Emptied by somebody else.
        offset = 0;
      }
      if (offset < size - keptRecordBytes) {
        const next = size - keptRecordBytes;
        yield Buffer.from(`\r\n[NovaCron: ${next - offset} bytes were skipped]\r\n`);
        offset = next;
      }
      const bytes = await readAt(file, offset, Math.min(chunkBytes, size - offset));
      if (bytes.length > 0) {
        offset += bytes.length;
        lookMs = busyLookMs;
        yield bytes;
      } else if (!growing) {
        return;
      }
      // A guest prints byte by byte: who looked again at once would keep a processor busy with a few bytes each time.
      if (growing && offset >= size) {
        lookMs = (await options.bell.wait(lookMs)) ? busyLookMs : Math.min(idleLookMs, lookMs * growth);
      }
    }
  } finally {
    await file.close();
  }
}
