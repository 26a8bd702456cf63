import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long the place of the binary may take to answer, milliseconds: without it the window opens in Chromium. */
const answerLimitMs = 4_000;
/** Longest time for the download itself, milliseconds: 120 MB over a slow line. */
const fetchLimitMs = 600_000;

/** Path of the Electron binary, or null when it was not downloaded yet. */
export function electronBinary(root: string): string | null {
  const home = join(root, 'node_modules', 'electron');
  const note = join(home, 'path.txt');
  if (!existsSync(note)) return null;
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = join(override ?? join(home, 'dist'), readFileSync(note, 'utf8').trim());
  return existsSync(path) ? path : null;
}

/** Has the binary, or fetches it where its place answers within seconds. */
export async function ensureElectron(root: string): Promise<boolean> {
  if (electronBinary(root) !== null) return true;
  if (!(await placeAnswers(root))) return false;
  console.log('Fetching Electron (about 120 MB, once).');
  const script = join(root, 'node_modules', 'electron', 'install.js');
  const result = spawnSync(process.execPath, [script], { stdio: 'inherit', timeout: fetchLimitMs });
  return result.status === 0 && electronBinary(root) !== null;
}

async function placeAnswers(root: string): Promise<boolean> {
  const text = readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const mirror = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/';
  try {
    const answer = await fetch(`${mirror}v${version}/${file}`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(answerLimitMs),
    });
    return answer.ok;
  } catch {
    // No net, or one that blocks it: the next kind of window is tried.
    return false;
  }
}
