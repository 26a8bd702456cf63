import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Workload } from '../../electron/bridge/contract.ts';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { seed } from '../support/e2e/seed.ts';

/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 30_000, interval: 50 };

let app: TestApp;
let count = 0;

beforeAll(async () => {
  app = await openApp({ fake: true });
});
afterAll(() => app?.close());

let name = '';
beforeEach(() => {
  count += 1;
  name = `guest-${count}`;
});

afterEach(async () => {
  for (const context of app.browser.contexts()) await context.close();
});

async function workload(): Promise<Workload> {
  return app.client.call('workloads.get', { workload: name });
}

/** A running workload and its page at one of its tabs. */
async function open(tab: string, settings: Record<string, unknown> = {}): Promise<{ page: Page; problems: string[] }> {
  await seed(app.client, { name, settings, resources: { vcpus: 1, memoryBytes: 512 * 1024 * 1024 } }, true);
  const { id } = await workload();
  const opened = await openPage(app.browser, app.server.address);
  await opened.page.goto(`${new URL(app.server.address).origin}/#/all/${id}/${tab}`);
  await opened.page.getByRole('heading', { name }).waitFor();
  return opened;
}

const screen = (page: Page) => page.locator('.xterm-rows').innerText();
const timeline = (page: Page) => page.getByRole('listbox', { name: 'Snapshot timeline' });
const options = (page: Page) => timeline(page).getByRole('option').allInnerTexts();

test('console: types, keeps its text and focus through a pause, and shows the past after a reload', async () => {
  const { page, problems } = await open('console');
  await expect.poll(() => screen(page), limit).toContain('/ #');
  await page.locator('.xterm-screen').click();
  await page.keyboard.type('echo hello-$X-there\n');
  await expect.poll(() => screen(page), limit).toContain('hello--there');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await app.client.call('workloads.pause', { workload: name });
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await app.client.call('workloads.resume', { workload: name });
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.type('echo still-here\n');
  await expect.poll(() => screen(page), limit).toContain('\nstill-here');
  await page.reload();
  await expect.poll(() => screen(page), limit).toContain('hello--there');
  expect(problems).toEqual([]);
});

test('console: search finds what was printed, and a new run of the workload is followed', async () => {
  const { page } = await open('console');
  await page.locator('.xterm-screen').click();
  await page.keyboard.type('echo needle; seq 200\n');
  await expect.poll(() => screen(page), limit).toMatch(/\n200\n/);
  expect(await screen(page)).not.toContain('needle');
  await page.keyboard.press('Control+Shift+F');
  await page.getByRole('textbox', { name: 'Find in the console' }).fill('needle');
  await expect.poll(() => screen(page), limit).toContain('needle');
  await page.keyboard.press('Escape');
  await app.client.call('workloads.restart', { workload: name });
  await expect.poll(() => screen(page), limit).toContain('boot 2');
});

test('fault 49: a flood is shown while the window stays quick, and Ctrl-C ends it', async () => {
  const { page } = await open('console');
  await page.locator('.xterm-screen').click();
  await page.keyboard.type('seq 3000000\n');
  await expect.poll(() => screen(page), limit).toMatch(/\n\d{4,}\n/);
  await page.getByRole('tab', { name: 'Resources' }).click();
  await page.getByRole('slider', { name: 'CPU' }).waitFor();
  await page.getByRole('tab', { name: 'Console' }).click();
  await page.locator('.xterm-screen').click();
  await page.keyboard.press('Control+C');
  await expect.poll(() => screen(page), limit).toMatch(/\^C\s+\/ #/);
});

test('fault 50: hostile sequences reach neither the clipboard nor the title, and recorded questions are not answered', async () => {
  const { page } = await open('console');
  await expect.poll(() => screen(page), limit).toContain('/ #');
  const title = await page.title();
  const { bytes } = await app.client.open('consoles.open', { workload: name, console: 'serial0', replayBytes: 0 });
  const evil = '\u001b]52;c;ZXZpbA==\u0007\u001b]0;evil\u0007\u001b[6n\u001b[c\u001b[21t\u001b]10;?\u0007';
  bytes.write(new TextEncoder().encode(`echo ${evil}done-here\r`));
  await expect.poll(() => screen(page), limit).toContain('done-here');
  bytes.close();
  const before = (await screen(page)).length;
  await page.reload();
  await expect.poll(() => screen(page), limit).toContain('done-here');
  await page.locator('.xterm-screen').click();
  await page.keyboard.type('echo fine\n');
  // An answer that had been typed would stand before the words.
  await expect.poll(() => screen(page), limit).toMatch(/\/ # echo fine\s+fine/);
  expect(before).toBeGreaterThan(0);
  expect(await page.title()).toBe(title);
  await page.context().grantPermissions(['clipboard-read']);
  expect(await page.evaluate(() => navigator.clipboard.readText())).not.toContain('evil');
});

test('snapshots: one click takes, one click goes back, and the toast takes that back', async () => {
  const { page, problems } = await open('snapshots');
  await page.getByText('No snapshots yet').waitFor();
  const bar = page.getByRole('tabpanel', { name: /Snapshots/ });
  await bar.getByRole('textbox', { name: 'Name' }).first().fill('fresh');
  await page.keyboard.press('Enter');
  await expect.poll(() => options(page), limit).toHaveLength(1);
  await bar.getByRole('button', { name: 'Take snapshot' }).click();
  await expect.poll(() => options(page), limit).toHaveLength(2);
  await timeline(page)
    .getByRole('option', { name: /^fresh/ })
    .click();
  await page.getByRole('button', { name: 'Go back to this' }).click();
  await page.getByText('Back at fresh.').waitFor();
  // The state that was left is kept, as a branch.
  await expect.poll(() => options(page), limit).toHaveLength(3);
  expect((await options(page)).filter((text) => text.includes('automatic'))).toHaveLength(1);
  expect(
    await timeline(page)
      .getByRole('option', { name: /^fresh/ })
      .innerText(),
  ).toContain('stands on this');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(
      () =>
        timeline(page)
          .getByRole('option', { name: /automatic/ })
          .innerText(),
      limit,
    )
    .toContain('stands on this');
  expect(problems).toEqual([]);
});

test('snapshots: arrows and Enter, rename, and a removal that says first what goes', async () => {
  const { page } = await open('snapshots');
  for (const one of ['first', 'second']) {
    const { job } = await app.client.call('snapshots.create', { workload: name, name: one });
    await app.client.call('jobs.wait', { job: job.id });
  }
  await expect.poll(() => options(page), limit).toHaveLength(2);
  await timeline(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('Back at first.').waitFor();
  const details = page.getByRole('complementary', { name: 'The chosen snapshot' });
  await details.getByRole('textbox', { name: 'Name' }).fill('renamed');
  await details.getByRole('button', { name: 'Save' }).click();
  await timeline(page)
    .getByRole('option', { name: /renamed/ })
    .waitFor();
  await timeline(page)
    .getByRole('option', { name: /second/ })
    .click();
  await details.getByRole('button', { name: 'Remove…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^Frees /).waitFor();
  await dialog.getByRole('button', { name: 'Remove second' }).click();
  await expect
    .poll(
      () =>
        timeline(page)
          .getByRole('option', { name: /second/ })
          .count(),
      limit,
    )
    .toBe(0);
});

test('resources: keys move the slider, the change is applied and the confirmed value told', async () => {
  const { page } = await open('resources');
  await page.getByRole('slider', { name: 'Memory' }).focus();
  await page.keyboard.press('PageUp');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(async () => (await workload()).observation.confirmed?.memoryBytes, limit).toBe(1024 ** 3);
  await page.getByText('confirmed: 1 GiB').waitFor();
});

test('resources: what was asked for stays in sight while it is being done', async () => {
  const { page } = await open('resources', { resizeMs: 5000 });
  const slider = page.getByRole('slider', { name: 'Memory' });
  await slider.focus();
  await page.keyboard.press('PageUp');
  const asked = await slider.getAttribute('aria-valuenow');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('article').getByText('Resizing').waitFor();
  expect(await slider.getAttribute('aria-valuenow')).toBe(asked);
  expect(await page.getByText('were asked for').count()).toBe(0);
  await page.getByText('confirmed: 1 GiB').waitFor();
  expect(await slider.getAttribute('aria-valuenow')).toBe(asked);
});

test('resources: a guest that does not follow is told', async () => {
  const { page } = await open('resources', { ignoreResize: true });
  await page.getByRole('slider', { name: 'Memory' }).focus();
  await page.keyboard.press('PageUp');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(/1 GiB were asked for; the guest has 512 MiB/).waitFor();
});

test('settings: labels are saved, wrong ones are refused at their place', async () => {
  const { page } = await open('settings');
  const labels = page.getByRole('textbox', { name: 'Labels' });
  await labels.fill('=x');
  await page.getByRole('alert').filter({ hasText: 'A label has a name' }).waitFor();
  await labels.fill('team=web, demo');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await workload()).spec.labels, limit).toEqual({ team: 'web', demo: '' });
});

test('settings: what is changed elsewhere is followed, and not undone by the next Save', async () => {
  const { page } = await open('settings');
  const labels = page.getByRole('textbox', { name: 'Labels' });
  await labels.waitFor();
  const { id, spec } = await workload();
  const { job } = await app.client.call('workloads.update', {
    workload: id,
    spec: { ...spec, labels: { far: 'away' } },
  });
  await app.client.call('jobs.wait', { job: job.id });
  await expect.poll(() => labels.inputValue(), limit).toBe('far=away');
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
});

test('header: the name is changed in place; the history tells what was done', async () => {
  const { page } = await open('history');
  await page.getByRole('button', { name, exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Rename' }).fill(`${name}-new`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `${name}-new` }).waitFor();
  name = `${name}-new`;
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await page.getByText('Pause', { exact: true }).waitFor();
  expect(await page.getByRole('listitem').count()).toBeGreaterThan(2);
});
