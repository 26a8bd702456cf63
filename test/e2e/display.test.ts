import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB, type Workload } from '../../electron/bridge/contract.ts';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';
import { clientOf } from '../support/e2e/seed.ts';
import { startServer } from '../support/e2e/server.ts';
import { writeEchoDisk } from '../support/qemu/echo-disk.ts';

const missing = ['/usr/bin/qemu-system-x86_64', '/usr/bin/chromium'].filter((path) => !existsSync(path));
/** An emulated machine on a busy host. */
const limit = { timeout: 60_000, interval: 100 };

let app: TestApp;

beforeEach(async () => {
  if (missing.length === 0) app = await openApp({ home: await mkdtemp(join(tmpdir(), 'nova-display-')) });
});
afterEach(() => app?.close());

/** A running machine that echoes its keyboard, by its display. */
async function machine(): Promise<Workload> {
  const image = join(app.server.home, 'files', 'echo.img');
  await mkdir(join(app.server.home, 'files'));
  writeEchoDisk(image);
  const { job } = await app.client.call('workloads.create', {
    spec: {
      name: 'echo',
      driver: 'qemu',
      resources: { vcpus: 1, memoryBytes: 64 * MiB },
      settings: { disks: [{ image, format: 'raw' }], network: 'none', display: 'vnc' },
    },
    start: true,
  });
  const ended = await app.client.call('jobs.wait', { job: job.id });
  expect(ended.error).toBeNull();
  return app.client.call('workloads.get', { workload: 'echo' });
}

/** The number of different colours on the guest's screen. */
function colours(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.display-place canvas');
    const pixels = canvas?.width ? canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data : null;
    return pixels ? new Set(new Uint32Array(pixels.buffer)).size : 0;
  });
}

/** What came out of the machine's serial port. */
async function serial(): Promise<string> {
  const { bytes } = await app.client.open('logs.read', { workload: 'echo' });
  const parts: Uint8Array[] = [];
  return new Promise((resolve) => {
    bytes.onData((chunk) => {
      parts.push(chunk);
      bytes.ack(chunk.length);
    });
    bytes.onEnd(() => resolve(Buffer.concat(parts).toString()));
  });
}

test.skipIf(missing.length > 0)(
  `the screen of a machine: seen, typed into, left by a key, and back after the host was killed${missing.length > 0 ? ` (skipped: ${missing.join(' and ')} not there)` : ''}`,
  { timeout: 240_000 },
  async () => {
    const { id } = await machine();
    const { page, problems } = await openPage(app.browser, app.server.address);
    await page.goto(`${new URL(app.server.address).origin}/#/all/${id}/display`);
    const display = page.getByRole('tabpanel', { name: 'Display' });
    await expect.poll(() => colours(page), limit).toBeGreaterThan(1);

    await display.locator('canvas').click();
    await display.getByText('Keys go to the guest').waitFor();
    // The guest reads its keyboard once its firmware is through.
    await expect
      .poll(async () => {
        await page.keyboard.type('k');
        return await serial();
      }, limit)
      .toContain('k');
    await page.keyboard.type('novacron');
    await expect.poll(serial, limit).toContain('novacron');

    // Every key is the guest's but the one that leads out.
    await page.keyboard.press('Shift+Escape');
    await display.getByText('Click the picture').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), limit).toBe('Send keys');

    // Kept with a snapshot, and shown where the machine is looked at.
    const { job } = await app.client.call('snapshots.create', { workload: id, name: 'seen', kind: 'disk' });
    expect((await app.client.call('jobs.wait', { job: job.id })).error).toBeNull();
    await page.getByRole('tab', { name: /Snapshots/ }).click();
    await page.getByRole('option', { name: /^seen/ }).click();
    await page.getByRole('img', { name: 'The screen at seen' }).waitFor(limit);
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Open the screen of echo' }).waitFor(limit);
    await page.getByRole('button', { name: 'Open the screen of echo' }).click(limit);
    await expect.poll(() => colours(page), limit).toBeGreaterThan(1);
    expect(problems).toEqual([]);

    const { home } = app.server;
    const port = Number(new URL(app.server.address).port);
    app.client.close();
    await app.server.kill();
    app.server = await startServer({ home, port });
    app.client = clientOf(home);
    await display.getByText('live', { exact: true }).waitFor({ timeout: 60_000 });
    await expect.poll(() => colours(page), limit).toBeGreaterThan(1);
    await display.locator('canvas').click();
    await page.keyboard.type('again');
    await expect.poll(serial, limit).toContain('again');
  },
);
