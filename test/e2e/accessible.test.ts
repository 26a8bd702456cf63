import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import { accessibilityFaults } from '../support/e2e/accessible.ts';
import { openPage, startBrowser } from '../support/e2e/browser.ts';
import { clientOf, seed } from '../support/e2e/seed.ts';
import { buildPage, startServer, type TestServer } from '../support/e2e/server.ts';

const limit = { timeout: 60_000, interval: 50 };
let server: TestServer;
let browser: Browser;
let client: BridgeClient;
let page: Page;
let id = '';

beforeAll(async () => {
  await buildPage();
  server = await startServer({ fake: true });
  client = clientOf(server.home);
  browser = await startBrowser();
  await seed(client, { name: 'alpha', labels: { team: 'core' } }, true);
  await seed(client, { name: 'bravo', settings: { exitAfterMs: 1, exitCode: 3 } }, true);
  const { job } = await client.call('snapshots.create', { workload: 'alpha', name: 'first' });
  await client.call('jobs.wait', { job: job.id });
  ({ id } = await client.call('workloads.get', { workload: 'alpha' }));
  ({ page } = await openPage(browser, server.address));
  await page.locator('.list-row').first().waitFor(limit);
});
afterAll(async () => {
  client?.close();
  await browser?.close();
  await server?.close();
});

const go = (hash: string) => page.goto(`${new URL(server.address).origin}/#/${hash}`);

test.each(['all', 'doctor', 'settings', 'images', 'foreign', 'trash'])('page %s', async (hash) => {
  await go(hash);
  await page.locator('main h1, main h2').first().waitFor(limit);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test.each(['overview', 'console', 'snapshots', 'resources', 'logs', 'settings', 'history'])('tab %s', async (tab) => {
  await go(`all/${id}/${tab}`);
  await page.locator(`[role=tab][data-state=active][id$="${tab}"]`).waitFor(limit);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('dialogs: new workload, palette, keys; the bar of several selected ones', async () => {
  await go('all');
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('toolbar').waitFor(limit);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  for (const [key, name] of [
    ['c', 'New workload'],
    ['?', 'Keyboard'],
    ['Control+k', ''],
  ] as const) {
    await page.keyboard.press(key);
    await page.getByRole('dialog', name === '' ? {} : { name }).waitFor(limit);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count(), limit).toBe(0);
  }
});
