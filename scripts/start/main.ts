import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { resolveDirectories } from '../../electron/host/directories.ts';
import { qemuNeed } from '../setup/needs.ts';
import { findChromium } from '../setup/programs.ts';
import { ensureNeeds } from '../setup/system-packages.ts';
import { buildApart } from './build-apart.ts';
import { ensureElectron } from './electron-binary.ts';
import { openChromium, openElectron, startServer } from './launch.ts';
import { chooseMode } from './mode.ts';
import { parseStartOptions, startHelp } from './options.ts';

/** Entry point of `npm start` after scripts/start.mjs has installed the dependencies. */
async function main(root: string): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(startHelp);
    return 0;
  }
  // Without QEMU the application opens all the same and says what is missing.
  ensureNeeds([qemuNeed], { install: options.install });
  if (buildApart(root)) console.log('Built.');
  const mode = await chooseMode(options, {
    platform: process.platform,
    env: process.env,
    hasElectron: () => ensureElectron(root),
    findChromium: () => Promise.resolve(findChromium()),
  });
  if (mode.kind === 'electron') return openElectron(root);
  const server = await startServer(root, options.port);
  if (server.address === null) return server.ended;
  if (mode.kind === 'address') {
    console.log(`${mode.why}\n${server.address}`);
    return server.ended;
  }
  const profile = join(resolveDirectories(process.env).cache, 'chromium');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  await openChromium(mode.path, server.address, profile);
  server.stop();
  return server.ended;
}

try {
  process.exitCode = await main(join(import.meta.dirname, '../..'));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
