import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron } from 'playwright';
import { describe, expect, test } from 'vitest';
import { buildAll } from '../../../scripts/build/build.ts';
import { electronBinary } from '../../../scripts/start/electron-binary.ts';
import { mainFlow } from '../../support/e2e/main-flow.ts';
import { seedGuestCache } from '../../support/guest.ts';

const root = resolve(import.meta.dirname, '../../..');
const binary = electronBinary(root);
const why =
  binary === null
    ? ' (skipped: the Electron binary was not downloaded here; node_modules/.bin/install-electron does it)'
    : '';

describe.skipIf(binary === null)(`the application in Electron itself${why}`, () => {
  test('the same flow as in the browser', async () => {
    const home = await mkdtemp(join(tmpdir(), 'nova-electron-'));
    await buildAll(root, { force: false });
    await seedGuestCache(home);
    const app = await _electron.launch({
      executablePath: binary ?? '',
      args: process.getuid?.() === 0 ? [root, '--no-sandbox'] : [root],
      env: { ...process.env, NOVACRON_HOME: home },
    });
    try {
      const page = await app.firstWindow();
      expect(page.url()).toBe('app://novacron/index.html');
      expect(await page.evaluate(() => 'process' in window || 'require' in window)).toBe(false);
      await mainFlow(page);
    } finally {
      await app.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
