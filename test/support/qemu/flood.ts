import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One block of a flood, bytes: its number and then all kinds of bytes. */
const blockBytes = 64 * 1024;
const numberBytes = 8;
const blocksAtOnce = 16;

/** Bytes of all values, the same each time; no newline and no text of ours among them by chance. */
function noise(): Buffer {
  const parts = Array.from({ length: blockBytes / 32 }, (_, index) =>
    createHash('sha256').update(String(index)).digest(),
  );
  return Buffer.concat(parts);
}

/** What a flood holds at a place: of binary bytes, or one line without end. */
export type Flood = { kind: 'binary' | 'line'; bytes: number };

function blockOf(kind: Flood['kind']): Buffer {
  return kind === 'binary' ? noise() : Buffer.alloc(blockBytes, 'x');
}

/** Checks bytes of a flood. `check` returns false when those at `offset` are others than were written there. */
export function floodReader(kind: Flood['kind']): { check(offset: number, bytes: Uint8Array): boolean } {
  const block = blockOf(kind);
  return {
    check(offset, bytes) {
      for (let at = 0; at < bytes.length; ) {
        const place = offset + at;
        const from = place % blockBytes;
        const length = Math.min(blockBytes - from, bytes.length - at);
        block.write(String(Math.floor(place / blockBytes)).padStart(numberBytes, '0'), 0, 'latin1');
        if (block.compare(bytes, at, at + length, from, from + length) !== 0) return false;
        at += length;
      }
      return true;
    },
  };
}

/** Appends a flood to a file in a process of its own, as QEMU does with what a guest prints. Resolves at its end. */
export async function writeFlood(path: string, flood: Flood): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), path, flood.kind, String(flood.bytes)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The flood ended with ${String(code)}.`);
}

function pour(path: string, flood: Flood): void {
  const fd = openSync(path, 'a');
  const block = blockOf(flood.kind);
  const many = Buffer.alloc(blockBytes * blocksAtOnce);
  const blocks = flood.bytes / blockBytes;
  for (let first = 0; first < blocks; first += blocksAtOnce) {
    for (let at = 0; at < blocksAtOnce; at++) {
      block.write(String(first + at).padStart(numberBytes, '0'), 0, 'latin1');
      block.copy(many, at * blockBytes);
    }
    const length = Math.min(many.length, (blocks - first) * blockBytes);
    for (let written = 0; written < length; ) written += writeSync(fd, many, written, length - written);
  }
  closeSync(fd);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path = '', kind = 'line', bytes = '0'] = process.argv.slice(2);
  pour(path, { kind: kind === 'binary' ? 'binary' : 'line', bytes: Number(bytes) });
}
