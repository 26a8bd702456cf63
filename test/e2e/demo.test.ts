import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB, type Workload } from '../../electron/bridge/contract.ts';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { demoGuest } from '../support/guest.ts';

const missing = ['/usr/bin/qemu-system-x86_64', '/usr/bin/chromium'].filter((path) => !existsSync(path));
/** An emulated guest on a busy machine. */
const limit = { timeout: 90_000, interval: 100 };

let app: TestApp;
let page: Page;

// A host and a directory for each try: what a failed one left must not disturb the next.
beforeEach(async () => {
  if (missing.length > 0) return;
  const home = await mkdtemp(join(tmpdir(), 'nova-demo-'));
  const { kernel } = await demoGuest();
  // The guest that other tests have built already; else the first start would build it.
  await mkdir(join(home, 'cache'));
  await symlink(dirname(dirname(kernel)), join(home, 'cache', 'guest'));
  app = await openApp({ home });
});
afterEach(() => app?.close());

const screen = () => page.locator('.xterm-rows').innerText();
const timeline = () => page.getByRole('listbox', { name: 'Snapshot timeline' });

async function only(): Promise<Workload> {
  const [workload] = await app.client.call('workloads.list', {});
  if (!workload) throw new Error('There is no workload.');
  return workload;
}

/** Types a line into the terminal and waits for what it prints. */
async function type(line: string, wanted: RegExp): Promise<void> {
  await page.locator('.xterm-screen').click();
  await page.keyboard.type(`${line}\n`);
  await expect.poll(screen, limit).toMatch(wanted);
}

async function tab(name: string | RegExp): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

test.skipIf(missing.length > 0)(
  `the demo guest from the first click to the way back${missing.length > 0 ? ` (skipped: ${missing.join(' and ')} not there)` : ''}`,
  { timeout: 600_000 },
  async () => {
    const opened = await openPage(app.browser, app.server.address);
    page = opened.page;
    page.setDefaultTimeout(90_000);

    // Two clicks to a running guest.
    await page.getByRole('button', { name: 'New workload' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create and start' }).click();
    await expect.poll(async () => (await app.client.call('workloads.list', {})).length, limit).toBe(1);
    await expect.poll(async () => (await only()).observation.phase, limit).toBe('running');

    // Its console, by keys.
    const { id } = await only();
    await page.goto(`${new URL(app.server.address).origin}/#/all/${id}/console`);
    await expect.poll(screen, limit).toContain('demo:~#');
    await type('X=in-memory; echo on-disk > /data/kept; sync; echo $((40+2))', /\n42\n/);

    // A point to go back to, with what the guest has in its memory.
    await tab(/Snapshots/);
    await page.getByRole('tabpanel').getByRole('textbox', { name: 'Name' }).first().fill('good');
    await page.keyboard.press('Enter');
    await expect.poll(() => timeline().getByRole('option', { name: /^good/ }).count(), limit).toBe(1);
    expect(await timeline().getByRole('option', { name: /^good/ }).innerText()).toContain('disk + memory');

    // Break it.
    await tab('Console');
    await type('X=lost; rm /data/kept; sync; echo broken-$((1+1))', /\nbroken-2\n/);

    // One click back: what was on the disk and in memory is there again.
    await tab(/Snapshots/);
    await timeline().getByRole('option', { name: /^good/ }).click();
    await page.getByRole('button', { name: 'Go back to this' }).click();
    await page.getByText('Back at good.').waitFor();
    await tab('Console');
    await type('echo again $X $(cat /data/kept)', /\nagain in-memory on-disk\n/);

    // Memory grows while it runs; the window shows what the guest has confirmed.
    await tab('Resources');
    const before = (await only()).observation.confirmed?.memoryBytes ?? 0;
    await page.getByRole('slider', { name: 'Memory' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect
      .poll(async () => ((await only()).observation.confirmed?.memoryBytes ?? 0) - before, limit)
      .toBe(128 * MiB);
    await page.getByText('confirmed: 384 MiB').waitFor();

    // All is found again after the page was loaded anew.
    await tab(/Snapshots/);
    await page.reload();
    await expect.poll(() => timeline().getByRole('option').count(), limit).toBe(2);
    await tab('Console');
    await expect.poll(screen, limit).toContain('again in-memory on-disk');
    expect(opened.problems).toEqual([]);
  },
);
