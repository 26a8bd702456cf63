import { randomUUID } from 'node:crypto';
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from './durable.ts';
import type { Machine } from './machine.ts';

/** The part of a machine that has UEFI variables. */
type Owner = Pick<Machine, 'paths'> & { record: Pick<Machine['record'], 'variablesFile'> };

/** The file with the UEFI variables that a machine reads and writes; it need not be there. */
export function variablesPath({ paths, record }: Owner): string {
  return record.variablesFile === undefined ? paths.nvram : keptVariablesPath({ paths }, record.variablesFile);
}

/** The absolute path of variables that stand beside saved memory. */
export function keptVariablesPath({ paths }: Pick<Machine, 'paths'>, file: string): string {
  return join(paths.memory, file);
}

/** A name for variables that a machine is to use from a restore on. */
export function newVariablesFile(): string {
  return `now-${randomUUID()}.nvram`;
}

/** The name of a snapshot's variables. */
export function snapshotVariablesFile(snapshotId: string): string {
  return `${snapshotId}.nvram`;
}

/** Copies so that a copy that is cut off is none. The mode is that of the machine's directory: 0700 keeps others out. */
export function copyVariables(from: string, to: string): void {
  const partial = `${to}.partial`;
  copyFileSync(from, partial);
  renameSync(partial, to);
}

/** Makes a copy outlive a power failure. */
export function syncVariables(machine: Pick<Machine, 'paths'>, path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncDirectory(machine.paths.memory);
}

/** Gives a machine its UEFI variables before its first start with such firmware. Idempotent. */
export function prepareVariables(machine: Owner, template: string): void {
  const path = variablesPath(machine);
  if (!existsSync(path)) {
    copyVariables(template, path);
  }
}
