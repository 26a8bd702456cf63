import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import { openPage, startBrowser } from '../support/e2e/browser.ts';
import { clientOf, seed } from '../support/e2e/seed.ts';
import { buildPage, startServer, type TestServer } from '../support/e2e/server.ts';

const limit = { timeout: 60_000, interval: 50 };
/** More than any way through the page has stops. */
const mostTabs = 60;
let server: TestServer;
let browser: Browser;
let client: BridgeClient;
let page: Page;

beforeAll(async () => {
  await buildPage();
  browser = await startBrowser();
});
// A host and a page for each try: what one left must not change what the next one sees.
beforeEach(async () => {
  server = await startServer({ fake: true });
  client = clientOf(server.home);
  await seed(client, { name: 'alpha' }, true);
  await seed(client, { name: 'bravo' });
  await seed(client, { name: 'charlie' });
  ({ page } = await openPage(browser, server.address));
  await page.locator('.list-row[data-name="charlie"]').waitFor(limit);
});
afterEach(async () => {
  client?.close();
  await page?.context().close();
  await server?.close();
});
afterAll(() => browser?.close());

const press = (key: string) => page.keyboard.press(key);
/** The name of what has the focus, as a reader tells it. */
const focused = () =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
  });
/** Tab until the focus is there. */
async function tabTo(name: RegExp): Promise<void> {
  for (let step = 0; step < mostTabs; step++) {
    if (name.test(await focused())) return;
    await press('Tab');
  }
  throw new Error(`Tab does not reach ${String(name)}.`);
}
const phase = async (name: string, want: string) =>
  expect.poll(async () => (await client.call('workloads.get', { workload: name })).observation.phase, limit).toBe(want);

test('from the list through console and snapshots and back, without a pointer', async () => {
  // Filter, then down into the list and open what was found.
  await press('/');
  await page.keyboard.type('brav');
  await expect.poll(() => page.locator('.list-row').count(), limit).toBe(1);
  await press('Enter');
  await press('ArrowDown');
  await press('s');
  await phase('bravo', 'running');
  await press('Enter');
  await page.getByRole('heading', { name: 'bravo' }).waitFor(limit);

  // Verbs hold on the workload's page too.
  await tabTo(/^Overview/);
  // The window's own word: a key that comes before it knows of the change means the old state.
  const word = page.locator('.workload-head [data-phase]');
  await expect.poll(() => word.textContent(), limit).toBe('Running');
  await press('p');
  await expect.poll(() => word.textContent(), limit).toBe('Paused');
  await press('p');
  await expect.poll(() => word.textContent(), limit).toBe('Running');

  // The console takes the keyboard when it is asked for, and gives it back.
  await press('ArrowRight');
  await expect.poll(focused, limit).toBe('Console');
  await press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.xterm') !== null), limit).toBe(true);
  await page.keyboard.type('echo by-$((1))keys\n');
  await expect.poll(() => page.locator('.xterm-rows').innerText(), limit).toContain('echo by-');
  await press('Shift+Escape');
  await expect.poll(focused, limit).toBe('Console');

  // A snapshot by one key, back to it by Enter, and the way back from there by the toast.
  await press('ArrowRight');
  await expect.poll(focused, limit).toMatch(/^Snapshots/);
  await press('n');
  const timeline = page.getByRole('listbox', { name: 'Snapshot timeline' });
  await expect.poll(() => timeline.getByRole('option').count(), limit).toBe(1);
  await tabTo(/^Snapshot timeline/);
  await expect.poll(() => page.locator('.workload [aria-busy=true]').count(), limit).toBe(0);
  await press('Enter');
  await page.getByText(/^Back at Snapshot/).waitFor(limit);
  await tabTo(/^Undo$/);

  // Esc goes back to the list, one step.
  await press('Escape');
  await expect.poll(() => page.url(), limit).not.toMatch(/#\/all\/[\w-]+/);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role')), limit).toBe('grid');
});

test('? shows the keys of this place', async () => {
  await press('?');
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: /^In the list/ })
    .waitFor(limit);
  await press('Escape');
  await expect.poll(() => page.getByRole('dialog').count(), limit).toBe(0);
});

test('a filter is kept under a name, shows its workloads, and is removed with an undo', async () => {
  await press('/');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('state:run -bravo');
  await tabTo(/^Save this filter$/);
  await press('Enter');
  await page.getByRole('dialog', { name: 'Save this filter' }).waitFor(limit);
  await page.keyboard.type('Alone');
  await press('Enter');
  const link = page.getByRole('navigation').getByRole('button', { name: /^Alone/ });
  await expect.poll(() => link.getAttribute('aria-current'), limit).toBe('page');
  await expect
    .poll(
      () => page.locator('.list-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-name'))),
      limit,
    )
    .toEqual(['alpha']);
  expect((await client.call('settings.get', {})).savedFilters).toMatchObject([
    { name: 'Alone', filter: 'state:run -bravo' },
  ]);
  await page.getByRole('button', { name: 'More for Alone' }).focus();
  await press('Enter');
  await page.getByRole('menuitem', { name: 'Remove filter' }).focus();
  await press('Enter');
  await expect.poll(() => link.count(), limit).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).last().press('Enter');
  await expect.poll(() => link.count(), limit).toBe(1);
});
