import { statSync } from 'node:fs';
import { runTool } from '../probe/tool.ts';
import { keptRecordBytes } from './follow.ts';

/** A record may take this much on disk before its old part is given back. */
const recordLimitBytes = 2 * keptRecordBytes;
/** A hole is a change of metadata: milliseconds. */
const punchMs = 10_000;
/** Holes are punched in whole blocks of the file system. */
const blockBytes = 4096;

/** Bytes at the beginning of a record that are to go, or 0. Pure. */
export function trimLength(sizeBytes: number, allocatedBytes: number): number {
  if (allocatedBytes <= recordLimitBytes) {
    return 0;
  }
  return Math.max(0, Math.floor((sizeBytes - keptRecordBytes) / blockBytes) * blockBytes);
}

/**
 * Gives back the old part of a growing record. A hole is punched (util-linux' fallocate): offsets stay the same, so that neither QEMU
 * nor a reader notices. Where there is no such program or file system the record keeps growing until the machine stops.
 */
export async function trimRecord(path: string): Promise<void> {
  let length: number;
  try {
    const { size, blocks } = statSync(path);
    length = trimLength(size, blocks * 512);
  } catch {
    // No record yet.
    return;
  }
  if (length === 0) {
    return;
  }
  await runTool('fallocate', ['--punch-hole', '--keep-size', '--offset', '0', '--length', String(length), path], {
    timeoutMs: punchMs,
  });
}
