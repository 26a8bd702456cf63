import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { MachinePaths } from '../machine/paths.ts';
import { consoleLogPath } from '../plan/arguments.ts';
import { keptRecordBytes } from './follow.ts';

/** The most that is searched for the beginning of the last lines. */
const windowBytes = 1024 * 1024;

/** Bytes from the end of a text in which its last `lines` lines are. Pure. */
export function tailBytes(text: Buffer, lines: number): number {
  if (lines === 0) {
    return 0;
  }
  let at = text.length;
  // The newline that ends the last line begins no line.
  if (text.at(-1) === 0x0a) {
    at -= 1;
  }
  for (let left = lines; left > 0; left--) {
    const newline = at === 0 ? -1 : text.lastIndexOf(0x0a, at - 1);
    if (newline === -1) {
      return text.length;
    }
    at = newline;
  }
  return text.length - at - 1;
}

/** Bytes from the end of the console's record in which its last lines are; all that is kept without a number. */
export function tailOffset(paths: MachinePaths, lines: number | undefined): number {
  if (lines === undefined) {
    return keptRecordBytes;
  }
  let fd: number;
  try {
    fd = openSync(consoleLogPath(paths), 'r');
  } catch {
    // Never started: there is nothing to count.
    return 0;
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, windowBytes));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return tailBytes(buffer, lines);
  } finally {
    closeSync(fd);
  }
}
