import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB, workloadSpecSchema } from '../../drivers/spec.ts';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';

const missing = ['/usr/bin/qemu-system-x86_64', '/usr/bin/chromium'].filter((path) => !existsSync(path));
const limit = { timeout: 60_000 };

let app: TestApp;
beforeEach(async () => {
  if (missing.length === 0) app = await openApp();
});
afterEach(() => app?.close());

test.skipIf(missing.length > 0)(
  `a machine is given a watchdog in its settings, which say when it takes effect${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`,
  async () => {
    const { client } = app;
    const spec = workloadSpecSchema.parse({ name: 'vm', driver: 'qemu', resources: { memoryBytes: 64 * MiB } });
    const { job } = await client.call('workloads.create', { spec, start: true });
    await client.call('jobs.wait', { job: job.id });
    const { page } = await openPage(app.browser, app.server.address);
    const { id } = await client.call('workloads.get', { workload: 'vm' });
    await page.goto(`${new URL(app.server.address).origin}/#/all/${id}/settings`);
    await page.getByLabel('Watchdog', { exact: true }).waitFor(limit);
    const action = page.getByLabel('When it runs out');
    expect(await action.count()).toBe(0);
    await page.getByLabel('Watchdog', { exact: true }).selectOption('i6300esb', limit);
    await action.selectOption('pause', limit);
    await page.getByText('watchdog: with the next start').waitFor(limit);
    await page.getByRole('button', { name: 'Save' }).click(limit);
    const settings = async () => (await client.call('workloads.get', { workload: 'vm' })).spec.settings;
    await expect.poll(settings, limit).toMatchObject({ watchdog: { model: 'i6300esb', action: 'pause' } });
  },
);
