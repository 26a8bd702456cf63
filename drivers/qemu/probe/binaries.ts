import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of QEMU. */
export type QemuBinary = {
  /** The part after `qemu-system-`. */
  arch: string;
  path: string;
  /** Changes when the file does. */
  stamp: string;
};

/** Identifies the content of a file by place, size and time of change; enough to know that a package was updated. */
export function fileStamp(path: string): string {
  const real = realpathSync(path);
  const { size, mtimeMs } = statSync(real);
  return `${real}:${size}:${mtimeMs}`;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** All `qemu-system-*` on the search path, the first of each name. */
export function findBinaries(searchPath: string): QemuBinary[] {
  const found = new Map<string, QemuBinary>();
  for (const directory of searchPath.split(delimiter).filter((part) => part !== '')) {
    let names: string[];
    try {
      names = readdirSync(directory);
    } catch {
      // A search path often names directories that do not exist.
      continue;
    }
    for (const name of names) {
      const arch = /^qemu-system-([a-z0-9_]+)$/.exec(name)?.[1];
      const path = join(directory, name);
      if (arch !== undefined && !found.has(arch) && executable(path)) {
        found.set(arch, { arch, path, stamp: fileStamp(path) });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.arch.localeCompare(b.arch));
}

/** The first program of that name on the search path, or null. */
export function findProgram(name: string, searchPath: string): string | null {
  for (const directory of searchPath.split(delimiter).filter((part) => part !== '')) {
    const path = join(directory, name);
    if (executable(path)) {
      return path;
    }
  }
  return null;
}
