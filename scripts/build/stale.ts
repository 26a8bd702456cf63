import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that a build reads, relative to the project. */
const inputs = ['drivers', 'electron', 'renderer', 'scripts/build', 'vite.config.ts', 'package-lock.json'];

/** A hash of all that the build reads: contents, not times, so that a checkout of the same version stays built. */
export function inputsHash(root: string): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    if (!existsSync(path)) continue;
    for (const file of filesOf(path)) hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true, encoding: 'utf8' });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Whether `out` was built from these very sources. */
export function isFresh(root: string, out: string): boolean {
  const stamp = join(out, '.built-from');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === inputsHash(root);
}

/** Notes what `out` was built from. */
export function markFresh(root: string, out: string): void {
  writeFileSync(join(out, '.built-from'), inputsHash(root));
}
