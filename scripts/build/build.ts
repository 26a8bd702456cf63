import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildPage } from 'vite';
import { bundleEntryPoints } from './bundle.ts';
import { isFresh, markFresh } from './stale.ts';

/** Builds everything into `out/` unless it is fresh; `force` builds in any case. Returns whether it built. */
export async function buildAll(root: string, options: { force: boolean }): Promise<boolean> {
  const out = join(root, 'out');
  if (!options.force && isFresh(root, out)) return false;
  // Parts of an older build would be packaged too.
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await Promise.all([
    bundleEntryPoints(root, out),
    buildPage({ root: join(root, 'renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' }),
  ]);
  makeRunnable(join(out, 'cli.js'));
  if (!existsSync(join(out, 'renderer', 'index.html'))) throw new Error('The build made no out/renderer/index.html.');
  markFresh(root, out);
  return true;
}

/** `novacron` is linked to this file when the package is installed. */
function makeRunnable(path: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${text}`);
  chmodSync(path, 0o755);
}
