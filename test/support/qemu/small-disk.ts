import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small file system of its own. */
export type SmallDisk = {
  /** Writes until so many bytes are free. */
  fill(freeBytes: number): void;
  /** Frees what `fill` took. */
  free(): void;
  unmount(): void;
};

/** Mounts a memory disk at a path; null where this program may not mount. */
export function mountSmallDisk(path: string, bytes: number): SmallDisk | null {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    return null;
  }
  // Beside the machines, whose directories have ids as names.
  const filler = join(path, '.filler');
  return {
    fill(freeBytes) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync('umount', ['-l', path], { stdio: 'pipe' });
    },
  };
}
