import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { fromWire, type WireValue } from './wire.ts';

/** Chromium knows no `app:` scheme, so the page is shown under this origin and its requests are answered by the application's own protocol handler. */
const shownOrigin = 'https://novacron.test';
const appOrigin = 'app://novacron';

/** `app:` address to the shown one and back. */
export const toShown = (url: string): string => url.replace(appOrigin, shownOrigin);
/** The address as Electron would tell it. */
export const toApp = (url: string): string => url.replace(shownOrigin, appOrigin);

/** What the page's preload sends to the main process. */
export type PageCalls = {
  send(channel: string, args: unknown[]): void;
  invoke(channel: string, args: unknown[]): Promise<unknown>;
  /** A value that the page posted into a port. */
  portMessage(port: number, value: string | Uint8Array | null): void;
  portClosed(port: number): void;
};

/** The part of the preload's world that lives in the page: an `electron` module over the bindings. Runs before the page. */
function preludeScript(preload: string): string {
  return `(() => {
  if (window !== window.top) return;
  const listeners = new Map();
  const ports = new Map();
  const encode = (value) => value instanceof Uint8Array
    ? { bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) } : { text: value };
  const decode = (wire) => 'bytes' in wire ? Uint8Array.from(atob(wire.bytes), (c) => c.charCodeAt(0)) : wire.text;
  window.__standIn = {
    deliver(port, wire) { ports.get(port)?.postMessage(decode(wire)); },
    close(port) { ports.get(port)?.close(); ports.delete(port); },
    message(channel, value, ids) {
      const given = ids.map((id) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = (event) => { void window.__standInPort(id, encode(event.data)); };
        ports.set(id, port1);
        return port2;
      });
      for (const listener of listeners.get(channel) ?? []) listener({ ports: given }, value);
    },
  };
  const electron = {
    ipcRenderer: {
      send: (channel, ...args) => { void window.__standInSend(channel, args); },
      invoke: (channel, ...args) => window.__standInInvoke(channel, args),
      on(channel, listener) { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
    },
    contextBridge: { exposeInMainWorld(name, api) { window[name] = Object.freeze({ ...api }); } },
  };
  const require = (name) => { if (name === 'electron') return electron; throw new Error('A sandboxed preload has no ' + name); };
  const module = { exports: {} };
  ((require, module, exports) => { ${preload}\n })(require, module, module.exports);
})();`;
}

/** A Chromium of its own with one page. The caller closes it. */
export type StandInPage = { page: Page; endpoint: string; close(): Promise<void> };

/** Opens the page; requests of the shown origin are answered by `answer`, all others are cut. */
export async function openStandInPage(
  preload: string,
  calls: PageCalls,
  answer: (url: string, method: string) => Promise<Response>,
): Promise<StandInPage> {
  const profile = mkdtempSync(join(tmpdir(), 'novacron-standin-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    viewport: { width: 1280, height: 800 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--remote-debugging-port=0'],
  });
  await connect(context, calls, answer);
  await context.addInitScript({ content: preludeScript(readFileSync(preload, 'utf8')) });
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    endpoint: await endpointOf(profile),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function connect(
  context: BrowserContext,
  calls: PageCalls,
  answer: (url: string, method: string) => Promise<Response>,
): Promise<void> {
  await context.exposeBinding('__standInSend', (_source, channel: string, args: unknown[]) => {
    calls.send(channel, args);
  });
  await context.exposeBinding('__standInInvoke', (_source, channel: string, args: unknown[]) =>
    calls.invoke(channel, args),
  );
  await context.exposeBinding('__standInPort', (_source, port: number, value: WireValue) => {
    calls.portMessage(port, fromWire(value));
  });
  await context.route('**/*', async (route) => {
    const url = route.request().url();
    if (!url.startsWith(`${shownOrigin}/`)) {
      await route.abort();
      return;
    }
    const response = await answer(toApp(url), route.request().method());
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
}

/** Chromium writes its port there once it listens. */
async function endpointOf(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort');
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      const port = readFileSync(file, 'utf8').split('\n')[0] ?? '';
      if (port !== '') return `http://127.0.0.1:${port}`;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await delay(50);
  }
}
