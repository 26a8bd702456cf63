import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import { openPage, startBrowser } from '../support/e2e/browser.ts';
import { clientOf, seed } from '../support/e2e/seed.ts';
import { buildPage, startServer, type TestServer } from '../support/e2e/server.ts';

const limit = { timeout: 60_000 };
let server: TestServer;
let browser: Browser;
let client: BridgeClient;
let page: Page;
let problems: string[];

beforeAll(async () => {
  await buildPage();
  server = await startServer({ fake: true });
  client = clientOf(server.home);
  browser = await startBrowser();
  await seed(client, { name: 'alpha', labels: { team: 'core' } }, true);
  await seed(client, { name: 'bravo', labels: { team: 'data' } });
  await seed(client, { name: 'charlie', settings: { stopMs: 8000 } }, true);
});
afterAll(async () => {
  client?.close();
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  await page?.context().close();
  ({ page, problems } = await openPage(browser, server.address));
  await row('alpha').waitFor(limit);
});

const row = (name: string) => page.locator(`.list-row[data-name="${name}"]`);
const state = (name: string) => row(name).locator('[data-phase]');
const names = () => page.locator('.list-row').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-name')));
const phase = async (name: string, want: string) =>
  expect.poll(() => state(name).getAttribute('data-phase'), limit).toBe(want);

describe('the list', () => {
  it('shows all workloads with state as a word, without an error in the page', async () => {
    expect(await names()).toEqual(['alpha', 'bravo', 'charlie']);
    await expect.poll(() => state('alpha').textContent(), limit).toBe('Running');
    expect(await state('bravo').textContent()).toBe('Stopped');
    expect(problems).toEqual([]);
  });

  it('filters by /, by label in the sidebar, and sorts by a column', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('brav');
    await expect.poll(names, limit).toEqual(['bravo']);
    await page.keyboard.press('Escape');
    await expect.poll(names, limit).toEqual(['alpha', 'bravo', 'charlie']);
    await page.getByRole('button', { name: 'team=core' }).click();
    await expect.poll(names, limit).toEqual(['alpha']);
    await page.getByRole('button', { name: 'All workloads' }).click();
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect.poll(names, limit).toEqual(['charlie', 'bravo', 'alpha']);
  });

  it('runs verbs by one key, and shows the pending verb in the row', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('p');
    await phase('alpha', 'paused');
    await page.keyboard.press('p');
    await phase('alpha', 'running');
    await page.keyboard.press('End');
    await page.keyboard.press('x');
    await expect.poll(() => state('charlie').textContent(), limit).toBe('Stopping');
    await phase('charlie', 'stopped');
    await page.keyboard.press('s');
    await phase('charlie', 'running');
  });

  it('starts and stops several at one time', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+a');
    const bar = page.getByRole('toolbar');
    await expect.poll(() => bar.textContent(), limit).toContain('3 selected');
    await bar.getByRole('button', { name: 'Start' }).click();
    await phase('bravo', 'running');
    await page.keyboard.press('Escape');
    await seedStopped('bravo');
  });

  it('removes with an undo', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Delete');
    await expect.poll(names, limit).toEqual(['alpha', 'charlie']);
    await page.getByRole('button', { name: 'Undo' }).click(limit);
    await expect.poll(names, limit).toEqual(['alpha', 'bravo', 'charlie']);
  });

  it('asks before a workload goes for good, and Cancel keeps it', async () => {
    const name = `doomed-${Date.now()}`;
    await seed(client, { name });
    const { job } = await client.call('workloads.remove', { workload: name });
    await client.call('jobs.wait', { job: job.id });
    await page.getByRole('button', { name: 'Trash' }).click();
    await row(name).click();
    await page.getByRole('button', { name: 'Remove for good' }).click();
    const dialog = page.getByRole('dialog', { name: `Remove ${name} for good?` });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached', ...limit });
    expect(await row(name).count()).toBe(1);
    await page.getByRole('button', { name: 'Remove for good' }).click();
    await dialog.getByRole('button', { name: `Remove ${name} for good` }).click();
    await row(name).waitFor({ state: 'detached', ...limit });
    expect(problems).toEqual([]);
  });

  it('says why a verb can not be used', async () => {
    await row('bravo').click({ button: 'right' });
    const item = page.getByRole('menuitem', { name: 'Pause' });
    expect(await item.textContent()).toContain('It is not running.');
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('opens a workload beside the list, and Esc goes back', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url(), limit).toMatch(/#\/all\/[\w-]+/);
    expect(await row('alpha').getAttribute('aria-current')).toBe('page');
    await page.getByRole('grid').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url(), limit).not.toMatch(/#\/all\/[\w-]+/);
  });

  it('finds everything by the palette', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('charl');
    await page.keyboard.press('Enter');
    await expect.poll(() => row('charlie').getAttribute('aria-current'), limit).toBe('page');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('doctor');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor(limit);
  });

  it('shows a failed job with its error and a way to copy it', async () => {
    const name = `broken-${Date.now()}`;
    await seed(client, {
      name,
      settings: { failpoints: { 'start.begin': { kind: 'fail', message: 'The engine said no.' } } },
    });
    const { job } = await client.call('workloads.start', { workload: name });
    await client.call('jobs.wait', { job: job.id });
    await page.keyboard.press('Control+j');
    const tray = page.getByRole('region', { name: 'Jobs' });
    await tray
      .getByRole('listitem')
      .filter({ hasText: `Start ${name}` })
      .first()
      .getByRole('button')
      .first()
      .click(limit);
    await expect.poll(() => tray.textContent(), limit).toContain('The engine said no.');
    await tray.getByRole('button', { name: 'Copy details' }).waitFor(limit);
  });
});

async function seedStopped(name: string): Promise<void> {
  const { job } = await client.call('workloads.stop', { workload: name });
  await client.call('jobs.wait', { job: job.id });
  await phase(name, 'stopped');
}
