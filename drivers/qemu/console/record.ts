import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MachinePaths } from '../machine/paths.ts';
import { consoleLogPath } from '../plan/arguments.ts';

/** Records of past boots that are kept. */
const keptBoots = 10;

/** The record of one past boot. */
export type BootRecord = { boot: number; path: string; startedAtMs: number; sizeBytes: number };

/** The records of past boots, newest first. */
export function pastBoots(paths: MachinePaths): BootRecord[] {
  if (!existsSync(paths.consoles)) {
    return [];
  }
  return readdirSync(paths.consoles)
    .flatMap((name) => {
      const boot = /^boot-(\d+)\.log$/.exec(name)?.[1];
      if (boot === undefined) {
        return [];
      }
      const path = join(paths.consoles, name);
      const { birthtimeMs, mtimeMs, size } = statSync(path);
      return [{ boot: Number(boot), path, startedAtMs: birthtimeMs === 0 ? mtimeMs : birthtimeMs, sizeBytes: size }];
    })
    .sort((a, b) => b.boot - a.boot);
}

/** Puts the record of boot `boot` aside before a new one begins, and drops the oldest. Only while the machine does not run. */
export function keepRecord(paths: MachinePaths, boot: number): void {
  const current = consoleLogPath(paths);
  if (existsSync(current)) {
    renameSync(current, join(paths.consoles, `boot-${boot}.log`));
  }
  for (const old of pastBoots(paths).slice(keptBoots)) {
    rmSync(old.path, { force: true });
  }
}
