import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAll } from '../../../scripts/build/build.ts';
import { mainFlow } from '../../support/e2e/main-flow.ts';
import { clientOf } from '../../support/e2e/seed.ts';
import { type DesktopRun, startDesktop } from '../../support/electron-standin/start.ts';
import { seedGuestCache } from '../../support/guest.ts';

const root = resolve(import.meta.dirname, '../../..');
let home: string;
let run: DesktopRun;

describe('the built application under the stand-in for Electron', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'nova-desk-'));
    await buildAll(root, { force: false });
    await seedGuestCache(home);
    run = await startDesktop({ NOVACRON_HOME: home });
  });
  afterAll(async () => {
    await run?.close();
    await removeAll(home);
    await rm(home, { recursive: true, force: true });
  });

  test('the window has the options that the security rules ask for', async () => {
    await run.wait('sandboxed');
    const { options } = await run.wait('window');
    expect(options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    });
    expect(existsSync((options['webPreferences'] as { preload: string }).preload)).toBe(true);
  });

  test('the page comes with a strict policy, and nothing outside of it', async () => {
    const ask = async (url: string, method = 'GET') => {
      run.send({ type: 'fetch', url, method });
      return run.wait('fetched', (message) => message.url === url);
    };
    const page = await ask('app://novacron/index.html');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect((await ask('app://novacron/..%2f..%2fpackage.json')).status).toBe(404);
    expect((await ask('app://novacron/%2e%2e/main.js')).status).toBe(404);
    expect((await ask('app://other/index.html')).status).toBe(404);
    expect((await ask('app://novacron/nothing.html')).status).toBe(404);
    expect((await ask('app://novacron/icon.svg', 'POST')).status).toBe(404);
  });

  test.each(['geolocation', 'media', 'notifications', 'openExternal', 'hid'])('%s is refused', async (permission) => {
    run.send({ type: 'ask-permission', permission, url: 'app://novacron/index.html' });
    expect((await run.wait('permission', (message) => message.permission === permission)).granted).toBe(false);
  });

  test.each(['https://example.org/', 'file:///etc/passwd', 'app://other/', 'data:text/html,x'])(
    'navigation to %s is refused',
    async (url) => {
      run.send({ type: 'navigate', url });
      expect((await run.wait('navigation', (message) => message.url === url)).allowed).toBe(false);
    },
  );

  test('a link opens outside only when the user agrees, and only to web pages', async () => {
    for (const url of ['file:///etc/passwd', 'smb://host/share', 'https://example.org/no']) {
      run.send({ type: 'answer', response: 1, filePaths: [] });
      run.send({ type: 'open', url });
      expect((await run.wait('opened', (message) => message.url === url)).action).toBe('deny');
    }
    run.send({ type: 'answer', response: 0, filePaths: [] });
    run.send({ type: 'open', url: 'https://example.org/yes' });
    await run.wait('external');
    const opened = run.messages.filter((message) => message.type === 'external').map((message) => message.url);
    expect(opened).toEqual(['https://example.org/yes']);
  });

  test('a frame of another page, or beneath our own, gets no port', async () => {
    const requests = [
      { url: 'https://example.org/', top: true },
      { url: 'app://novacron.evil/', top: true },
      { url: 'app://novacron/index.html', top: false },
    ];
    await run.page.evaluate(() => {
      Object.assign(window, { portsSeen: 0 });
      window.addEventListener('message', (event) => {
        const { data } = event as MessageEvent<{ type?: string }>;
        if (data?.type === 'novacron-port')
          Object.assign(window, { portsSeen: Number(Reflect.get(window, 'portsSeen')) + 1 });
      });
    });
    for (const request of requests) run.send({ type: 'foreign-port-request', ...request });
    // The page's own request shows that the ones before have been dealt with.
    await run.page.evaluate(() => {
      window.postMessage({ type: 'novacron-port-request' }, window.origin);
    });
    await expect
      .poll(() => run.page.evaluate(() => Number(Reflect.get(window, 'portsSeen'))), { timeout: 30_000 })
      .toBe(1);
  });

  test('native file dialogs answer the page, and refuse what is not asked rightly', async () => {
    const pick = (options: unknown) =>
      run.page.evaluate(async (given) => {
        const desktop: unknown = Reflect.get(window, 'novacronDesktop');
        return (desktop as { pickFile(options: unknown): Promise<string | null> }).pickFile(given);
      }, options);
    run.send({ type: 'answer', response: 1, filePaths: ['/tmp/a disk.qcow2'] });
    expect(await pick({ title: 'Disk image', extensions: ['qcow2'] })).toBe('/tmp/a disk.qcow2');
    run.send({ type: 'answer', response: 1, filePaths: [] });
    expect(await pick({})).toBeNull();
    await expect(pick({ extensions: ['../x'] })).rejects.toThrow(/extensions/);
    await expect(pick({ properties: ['openDirectory'] })).rejects.toThrow(/properties/);
  });

  test('the same flow as in the browser: create, type, snapshot, break, go back', async () => {
    await mainFlow(run.page);
    const tray = await run.wait('tray', (message) => message.labels.includes('demo'));
    expect(tray.labels[0]).toBe('1 running');
  });

  test('fault 12: a second instance shows the first window and ends', async () => {
    const windows = (): number => run.messages.filter((message) => message.type === 'window').length;
    const before = windows();
    run.send({ type: 'second-instance' });
    run.send({ type: 'tray-click', label: 'Show NovaCron' });
    run.send({ type: 'navigate', url: 'https://example.org/after' });
    await run.wait('navigation', (message) => message.url.endsWith('after'));
    expect(windows()).toBe(before);
  });

  test('quitting says once that machines go on, and they do', async () => {
    const client = clientOf(home);
    const { observation } = await client.call('workloads.get', { workload: 'demo' });
    client.close();
    expect(await run.quit()).toBe(0);
    const dialogs = run.messages
      .filter((message) => message.type === 'dialog')
      .map((message) => JSON.stringify(message));
    expect(dialogs.filter((text) => text.includes('keep running'))).toHaveLength(1);
    expect(JSON.parse(await readFile(join(home, 'data/window.json'), 'utf8'))).toMatchObject({ width: 1280, x: 10 });
    expect(observation.pid).toBeGreaterThan(0);
    process.kill(observation.pid ?? -1, 0);

    const again = await startDesktop({ NOVACRON_HOME: home });
    try {
      await again.wait('tray', (message) => message.labels.includes('demo'));
      const after = clientOf(home);
      expect((await after.call('workloads.get', { workload: 'demo' })).observation.pid).toBe(observation.pid);
      after.close();
      expect(await again.quit()).toBe(0);
      expect(again.messages.some((message) => message.type === 'dialog')).toBe(false);
    } finally {
      await again.close();
    }
  });
});

/** Ends the machines that go on by design. */
async function removeAll(directory: string): Promise<void> {
  const { openLocalHost } = await import('../../../electron/compose.ts');
  const { host } = await openLocalHost({ ...process.env, NOVACRON_HOME: directory });
  const context = { signal: new AbortController().signal };
  for (const { id } of await host.handlers['workloads.list']({}, context)) {
    const { job } = await host.handlers['workloads.remove']({ workload: id, now: true }, context);
    await host.handlers['jobs.wait']({ job: job.id }, context);
  }
  await host.close();
}
