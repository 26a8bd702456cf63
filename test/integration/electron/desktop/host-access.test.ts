import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../../electron/bridge/client/create-client.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { type BrowserPort, portLink } from '../../../../electron/bridge/transports/message-port.ts';
import { type HostAccess, openHostAccess } from '../../../../electron/desktop/host-access.ts';
import { clientOf, seed } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { poll } from '../../../support/qemu/wait.ts';

let home: string;
let access: HostAccess | null = null;
let server: TestServer | null = null;
let page: BridgeClient | null = null;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nova-access-'));
});
afterEach(async () => {
  page?.close();
  await access?.close();
  await server?.close();
  [access, server, page] = [null, null, null];
  rmSync(home, { recursive: true, force: true });
});

const problems: unknown[] = [];
const open = (): Promise<HostAccess> =>
  openHostAccess({ ...process.env, NOVACRON_HOME: home, NOVACRON_FAKE_DRIVER: '1' }, (_, error) => {
    problems.push(error);
  });

/** A port as a page has it: Node's own has the ways of Electron's main process too, and would be taken for one. */
const asBrowser = (port: MessagePort): BrowserPort => ({
  postMessage: (message) => port.postMessage(message),
  addEventListener: (type, listener) => {
    if (type === 'message') port.on('message', (data: unknown) => listener({ data }));
    else port.on('close', () => listener({}));
  },
  start: () => port.start(),
  close: () => port.close(),
});

/** The page of a window: it asks for another port when its own was closed. */
const pageOf = (host: HostAccess): BridgeClient =>
  createClient({
    async open() {
      const { port1, port2 } = new MessageChannel();
      host.serve(portLink(asBrowser(port1)));
      return portLink(asBrowser(port2));
    },
    reconnect: true,
  });

const names = async (client: BridgeClient): Promise<string[]> =>
  (await client.call('workloads.list', {})).map((each) => each.spec.name);

test('the window shows the host that has the data directory, and goes on with its own when that one ends', async () => {
  server = await startServer({ fake: true, home });
  const other = clientOf(home);
  await seed(other, { name: 'theirs' }, true);
  access = await open();
  expect(access.own()).toBe(false);
  page = pageOf(access);
  expect(await names(page)).toEqual(['theirs']);
  // Bytes pass as they are.
  const { bytes } = await page.open('consoles.open', { workload: 'theirs', replayBytes: 0 });
  let text = '';
  bytes.onData((chunk) => {
    text += Buffer.from(chunk).toString('latin1');
    bytes.ack(chunk.length);
  });
  bytes.write(Buffer.from('echo through\n'));
  await poll('the echo', () => (text.includes('\r\nthrough\r\n') ? true : null));
  other.close();
  await server.kill();
  await poll('a host of its own', async () => {
    const found = page === null ? [] : await names(page);
    return access?.own() === true && found.includes('theirs') ? true : null;
  });
  expect(await names(access.client)).toEqual(['theirs']);
  expect(problems).toEqual([]);
});

test('without another host it is its own, and the command line reaches it', async () => {
  access = await open();
  expect(access.own()).toBe(true);
  page = pageOf(access);
  await seed(page, { name: 'ours' });
  const line = clientOf(home);
  expect(await names(line)).toEqual(['ours']);
  line.close();
});
