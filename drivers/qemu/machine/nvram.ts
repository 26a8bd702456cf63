import { copyFileSync, existsSync, renameSync } from 'node:fs';
import type { MachinePaths } from './paths.ts';

/** Copies so that a copy that is cut off is none. The mode is that of the machine's directory: 0700 keeps others out. */
function copyWhole(from: string, to: string): void {
  const partial = `${to}.partial`;
  copyFileSync(from, partial);
  renameSync(partial, to);
}

/** Gives a machine its UEFI variables before its first start with such firmware. Idempotent. */
export function prepareNvram(paths: MachinePaths, template: string): void {
  if (!existsSync(paths.nvram)) {
    copyWhole(template, paths.nvram);
  }
}

/** Gives a clone the UEFI variables of its source, which hold what its system boots from. Nothing where the source has none. */
export function copyNvram(source: MachinePaths, target: MachinePaths): void {
  if (existsSync(source.nvram)) {
    copyWhole(source.nvram, target.nvram);
  }
}
