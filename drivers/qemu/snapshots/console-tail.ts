import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { MachinePaths } from '../machine/paths.ts';
import { consoleLogPath } from '../plan/arguments.ts';

/** Enough for the lines that are kept, bytes. */
const windowBytes = 4096;
/** Lines that recall where the guest was. */
const keptLines = 8;

/** The last lines in a piece of console output, as plain text. Pure. */
export function lastConsoleLines(bytes: Buffer): string {
  return stripVTControlCharacters(bytes.toString('utf8'))
    .split(/\r?\n/)
    .map((line) => line.slice(line.lastIndexOf('\r') + 1).replaceAll(/[\p{Cc}\uFFFD]/gu, ''))
    .filter((line) => line.trim() !== '')
    .slice(-keptLines)
    .join('\n');
}

/** The last lines on the machine's serial console; empty when there is no record. */
export function consoleTail(paths: MachinePaths): string {
  let fd: number;
  try {
    fd = openSync(consoleLogPath(paths), 'r');
  } catch {
    // Never started, so nothing was written.
    return '';
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, windowBytes));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return lastConsoleLines(buffer);
  } finally {
    closeSync(fd);
  }
}
