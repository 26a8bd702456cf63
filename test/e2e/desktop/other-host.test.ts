import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAll } from '../../../scripts/build/build.ts';
import { clientOf, seed } from '../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../support/e2e/server.ts';
import { type DesktopRun, startDesktop } from '../../support/electron-standin/start.ts';

const root = resolve(import.meta.dirname, '../../..');
let server: TestServer;
let run: DesktopRun;

beforeAll(async () => {
  await buildAll(root, { force: false });
  server = await startServer({ fake: true });
  const client = clientOf(server.home);
  await seed(client, { name: 'served' }, true);
  client.close();
  run = await startDesktop({ NOVACRON_HOME: server.home });
});
afterAll(async () => {
  await run?.close();
  await server?.close();
});

test('fault 12: while another host has the data directory the window shows that one, and leaves it running', async () => {
  const row = run.page.locator('.list-row[data-name="served"]');
  await row.waitFor();
  await expect.poll(() => row.locator('[data-phase]').getAttribute('data-phase'), { timeout: 60_000 }).toBe('running');
  expect(await run.quit()).toBe(0);
  const client = clientOf(server.home);
  expect((await client.call('workloads.list', {})).map((each) => each.observation.phase)).toEqual(['running']);
  client.close();
});
