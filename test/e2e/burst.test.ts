import { appendFileSync, existsSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machinePaths } from '../../drivers/qemu/machine/paths.ts';
import { consoleLogPath } from '../../drivers/qemu/plan/arguments.ts';
import { MiB } from '../../electron/bridge/contract.ts';
import { resolveDirectories } from '../../electron/host/directories.ts';
import { residentMB } from '../bench/clock.ts';
import { openApp, type TestApp } from '../support/e2e/app.ts';
import { openPage } from '../support/e2e/browser.ts';

const missing = ['/usr/bin/qemu-system-x86_64', '/usr/bin/chromium'].filter((path) => !existsSync(path));
const why = missing.length > 0 ? ` (skipped: ${missing.join(' and ')} not there)` : '';
const lines = 200_000;
const linesAtOnce = 1000;
/** What the burst may cost the host for a while, megabytes: the credit of a viewer and what waits to be collected. */
const growthMB = 60;

beforeEach(async () => {
  if (missing.length === 0) app = await openApp();
});
afterEach(() => app?.close());

let app: TestApp;

const lineOf = (number: number): string => `burst ${String(number).padStart(6, '0')} of a serial line`;

/** The record of a machine's console, to which QEMU writes what its guest prints. An emulated line would need minutes for this burst. */
function recordOf(id: string): string {
  const { data, runtime } = resolveDirectories({ ...process.env, NOVACRON_HOME: app.server.home });
  return consoleLogPath(machinePaths(`${data}/qemu`, runtime, id));
}

async function burst(path: string): Promise<void> {
  for (let from = 1; from <= lines; from += linesAtOnce) {
    appendFileSync(path, Array.from({ length: linesAtOnce }, (_, index) => `${lineOf(from + index)}\r\n`).join(''));
    await breathe();
  }
}

test.skipIf(missing.length > 0)(
  `fault 49: 200,000 lines of a machine's console in a burst reach the terminal whole, and the host does not grow${why}`,
  { timeout: 240_000 },
  async () => {
    const spec = { name: 'burst', driver: 'qemu', resources: { vcpus: 1, memoryBytes: 64 * MiB } } as const;
    const { job } = await app.client.call('workloads.create', { spec, start: true });
    expect(await app.client.call('jobs.wait', { job: job.id })).toMatchObject({ state: 'succeeded' });
    const { id } = await app.client.call('workloads.get', { workload: 'burst' });
    const { page } = await openPage(app.browser, app.server.address);
    page.setDefaultTimeout(90_000);
    let received = '';
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        // Console bytes are the only binary frames of this page: stream, kind, payload.
        if (typeof payload !== 'string') received += payload.subarray(5).toString('latin1');
      }),
    );
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${new URL(app.server.address).origin}/#/all/${id}/console`);
    // A page of its own for the socket that is listened to.
    await page.reload();
    const screen = page.locator('.xterm-rows');
    const limit = { timeout: 90_000, interval: 100 };
    appendFileSync(recordOf(id), 'before the burst\r\n');
    await expect.poll(() => screen.innerText(), limit).toContain('before the burst');

    const heldMB = residentMB(app.server.pid);
    await burst(recordOf(id));
    await expect.poll(() => screen.innerText(), limit).toContain(lineOf(lines));
    expect(residentMB(app.server.pid) - heldMB).toBeLessThan(growthMB);

    // What came through the socket: each line once, in order.
    const numbers = received.matchAll(/burst (\d{6}) of a serial line\r\n/g);
    let next = 1;
    for (const [, number] of numbers) {
      if (Number(number) !== next) expect.unreachable(`line ${number} in place of ${next}`);
      next += 1;
    }
    expect(next - 1).toBe(lines);

    // What the terminal kept: the last lines without a gap.
    await page.locator('.xterm-screen').click();
    await page.keyboard.press('Control+Shift+C');
    const last = Array.from({ length: 15_000 }, (_, index) => lineOf(lines - 14_999 + index)).join('\n');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), limit).toContain(last);
  },
);
