import { spawn } from 'node:child_process';
import { statSync, truncateSync } from 'node:fs';
import { keptRecordBytes } from './follow.ts';

/** A record may take this much on disk before its old part is given back. */
const recordLimitBytes = 2 * keptRecordBytes;
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
 * Gives back the old part of a growing record. A hole is punched (util-linux' fallocate): offsets stay the same, so that neither QEMU,
 * which appends, nor a reader notices. Where there is no such program or file system the record is emptied.
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
  const punched = await new Promise<boolean>((resolve) => {
    const child = spawn(
      'fallocate',
      ['--punch-hole', '--keep-size', '--offset', '0', '--length', String(length), path],
      { stdio: 'ignore' },
    );
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
  if (!punched) {
    truncateSync(path, 0);
  }
}
