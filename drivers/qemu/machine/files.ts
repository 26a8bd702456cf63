import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NovaError } from '../../errors.ts';
import { syncDirectory, writeDurably } from './durable.ts';
import type { MachinePaths } from './paths.ts';
import { type MachineRecord, machineRecordSchema } from './record.ts';

/** Makes the directories of a machine, mode 0700. Idempotent. */
export function makeMachineDirectories(paths: MachinePaths): void {
  for (const directory of [paths.directory, paths.disks, paths.memory, paths.consoles, paths.runtime]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  }
}

/** Reads a record. Null when there is none; `conflict` when it can't be understood (then nothing may touch the machine). */
export function readRecord(path: string): MachineRecord | null {
  if (!existsSync(path)) {
    return null;
  }
  try {
    return machineRecordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new NovaError(
      'conflict',
      `The record of a virtual machine cannot be read: ${path}. It was written by a newer NovaCron, or it is damaged. The machine is left alone.`,
      { cause, details: { path } },
    );
  }
}

/** Writes a record durably. */
export function writeRecord(path: string, record: MachineRecord): void {
  try {
    writeDurably(path, `${JSON.stringify(record, null, 1)}\n`);
  } catch (cause) {
    const full = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    throw new NovaError(
      full ? 'resource_exhausted' : 'internal',
      full
        ? `The disk is full: the record of a virtual machine cannot be written to ${dirname(path)}. Free space and try again.`
        : `The record of a virtual machine cannot be written to ${dirname(path)}.`,
      { cause, retryable: full, details: { path } },
    );
  }
}

/** Begins the names of directories that are being removed; no id begins so. */
const removedPrefix = '.removed-';

/**
 * Removes a directory with all that is in it, if it really lies directly beneath `root`: a link that leads out is refused. It loses its
 * name first, so that a removal that is cut off leaves no machine with half of its files.
 */
export function removeBeneath(root: string, directory: string): void {
  if (!existsSync(directory)) {
    return;
  }
  const real = realpathSync(directory);
  if (dirname(real) !== realpathSync(root) || dirname(directory) !== root) {
    throw new NovaError('conflict', `${directory} leads out of ${root}; it is not removed.`, { details: { real } });
  }
  const doomed = join(root, `${removedPrefix}${basename(directory)}`);
  rmSync(doomed, { recursive: true, force: true });
  renameSync(directory, doomed);
  syncDirectory(root);
  rmSync(doomed, { recursive: true, force: true });
}

/** Finishes removals that were cut off. */
export function sweepRemoved(root: string): void {
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    if (name.startsWith(removedPrefix)) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}
