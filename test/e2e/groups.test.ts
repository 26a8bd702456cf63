import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { seed } from '../support/e2e/seed.ts';

/** Long enough for a busy machine; nothing here waits as long as that when all is well. */
const limit = { timeout: 60_000, interval: 50 };

let app: TestApp;
let tries = 0;

beforeAll(async () => {
  app = await openApp({ fake: true });
});
afterAll(() => app?.close());

const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).first().click(limit);

it('a group is stopped, started, kept at one point in time and brought back', async () => {
  tries += 1;
  const project = `shop-${tries}`;
  const names = [`web-${tries}`, `db-${tries}`];
  for (const name of names) {
    await seed(app.client, { name, labels: { 'com.docker.compose.project': project, tier: 'x' } }, true);
  }
  const phases = () =>
    Promise.all(
      names.map(async (workload) => (await app.client.call('workloads.get', { workload })).observation.phase),
    );
  const { page, problems } = await openPage(app.browser, app.server.address);
  await page.goto(`${new URL(app.server.address).origin}/#/groups`);
  const line = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: project }) });
  await line.getByText('2 of 2 running').waitFor(limit);
  await press(page, new RegExp(`Stop all of ${project}`));
  await line.getByText('0 of 2 running').waitFor(limit);
  expect(await phases()).toEqual(['stopped', 'stopped']);
  expect(await line.getByRole('button', { name: /Stop all/ }).getAttribute('aria-disabled')).toBe('true');
  await press(page, new RegExp(`Start all of ${project}`));
  await line.getByText('2 of 2 running').waitFor(limit);
  await press(page, new RegExp(`Take a snapshot of all of ${project}`));
  await press(page, new RegExp(`Bring ${project} back to`));
  const restored = async () => {
    const { snapshots } = await app.client.call('snapshots.list', { workload: names[0] ?? '' });
    return snapshots.some((snapshot) => snapshot.automatic);
  };
  await expect.poll(restored, limit).toBe(true);
  await line.getByText('2 of 2 running').waitFor(limit);
  await press(page, /Remove the snapshot .* of all/);
  // It can not be brought back: the question comes first.
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Remove / })
    .click(limit);
  await page.getByText('No snapshots of the whole group.').waitFor(limit);
  expect(problems).toEqual([]);
});
