import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isFresh } from '../build/stale.ts';

/**
 * Builds in a process of its own where `out/` is not made from these sources: the builders keep 500 MB and a service, and who starts the
 * application waits for its end. Returns whether it built. Throws when the build fails; what it says is shown.
 */
export function buildApart(root: string): boolean {
  if (isFresh(root, join(root, 'out'))) return false;
  const { status, error } = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`The build failed. ${error?.message ?? 'Its last lines above say why.'}`);
  return true;
}
