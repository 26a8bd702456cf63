import { statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../../../electron/bridge/client/create-client.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { webSocketLink } from '../../../../electron/bridge/transports/web-socket.ts';
import { resolveDirectories } from '../../../../electron/host/directories.ts';
import { hostSocketPath } from '../../../../electron/server/socket-path.ts';
import { clientOf, seed } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';

type Answer = { status: number; headers: Record<string, string | string[] | undefined> };

let server: TestServer;
let port: number;
let token: string;
let cookie: string;

beforeAll(async () => {
  server = await startServer({ fake: true, env: { NOVACRON_CHECK_OUTPUT: '1' } });
  const url = new URL(server.address);
  port = Number(url.port);
  token = url.searchParams.get('token') ?? '';
  cookie = `novacron-${port}=${token}`;
});
afterAll(() => server.close());

/** A request whose path and headers are sent as they are. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
  });

const openSocket = (headers: Record<string, string>): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
const ours = (): Record<string, string> => ({ cookie, origin: `http://127.0.0.1:${port}` });
const webClient = (): BridgeClient =>
  createClient({ open: async () => webSocketLink(await openSocket(ours())), reconnect: false });

describe('the page', () => {
  it('exchanges the token for a cookie that no script reads, and forgets it in the address', async () => {
    const answer = await get(`/?token=${token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toBe('/');
    const [set] = answer.headers['set-cookie'] as string[];
    expect(set).toBe(`${cookie}; HttpOnly; SameSite=Strict; Path=/`);
  });

  it.each([
    ['no cookie', '/', {}, 401],
    ['a wrong token', '/?token=x', {}, 401],
    ['a wrong cookie', '/', { cookie: 'novacron=x' }, 401],
    ['another host name', '/', { host: 'evil.example' }, 403],
    ['an address that is none', '//', {}, 400],
  ])('fault 61: refuses %s', async (_what, path, headers, status) => {
    expect((await get(path, headers as Record<string, string>)).status).toBe(status);
  });

  it('refuses what is no reading', async () => {
    expect((await get('/', { cookie }, 'POST')).status).toBe(405);
  });

  it('fault 61: token and socket are for their owner alone', () => {
    const directories = resolveDirectories({ ...process.env, NOVACRON_HOME: server.home });
    expect(statSync(join(directories.data, 'token')).mode & 0o777).toBe(0o600);
    expect(statSync(directories.runtime).mode & 0o777).toBe(0o700);
    expect(statSync(hostSocketPath(directories.runtime)).mode & 0o777).toBe(0o600);
  });
});

describe('the bridge over WebSocket', () => {
  it.each([
    ['without cookie', () => ({ origin: `http://127.0.0.1:${port}` })],
    ['from another site', () => ({ cookie, origin: 'http://evil.example' })],
    ['under another name', () => ({ cookie, origin: `http://127.0.0.1:${port}`, host: `evil.example:${port}` })],
    ['without origin', () => ({ cookie })],
  ])('refuses a connection %s', async (_what, headers) => {
    await expect(openSocket(headers() as Record<string, string>)).rejects.toThrow('403');
  });

  it('an upgrade request that can not be read ends nothing but itself', async () => {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    socket.resume();
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await closed;
    expect((await get('/')).status).toBe(401);
  });

  it('fault 59: a frame of 100 MB ends its own connection; another one goes on', async () => {
    const other = webClient();
    await other.call('host.info', {});
    const socket = await openSocket(ours());
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    socket.on('error', () => undefined);
    socket.send('x'.repeat(100 * 1024 * 1024));
    await closed;
    await expect(other.call('host.info', {})).resolves.toMatchObject({ platform: 'linux' });
    other.close();
  });

  it('gives the state, then its changes, and after a lost connection what was missed', async () => {
    const first = webClient();
    const states = first.stream('state.subscribe', {})[Symbol.asyncIterator]();
    const snapshot = (await states.next()).value;
    if (snapshot?.type !== 'snapshot') throw new Error('The first message is no snapshot.');
    first.close();

    const second = webClient();
    await seed(second, { name: 'gap' });
    const found: string[] = [];
    for await (const message of second.stream('state.subscribe', { epoch: snapshot.epoch, since: snapshot.seq })) {
      expect(message.type).toBe('delta');
      if (message.type !== 'delta') break;
      for (const change of message.changes) {
        if (change.collection === 'workloads' && change.value !== null) found.push(change.value.spec.name);
      }
      if (found.includes('gap')) break;
    }
    expect(found).toContain('gap');
    second.close();
  });

  it('a closed connection gives up its calls and never its jobs', async () => {
    const first = webClient();
    await seed(first, { name: 'slow', settings: { startMs: 1500 } });
    const { job } = await first.call('workloads.start', { workload: 'slow' });
    first.close();
    const second = webClient();
    await expect(second.call('jobs.wait', { job: job.id })).resolves.toMatchObject({ state: 'succeeded' });
    second.close();
  });

  it('fault 49: a console prints 200,000 lines without a gap, while a second viewer does not read', async () => {
    const client = webClient();
    await seed(client, { name: 'burst' }, true);
    const stuck = await client.open('consoles.open', { workload: 'burst', replayBytes: 0 });
    let withheld = 0;
    stuck.bytes.onData((chunk) => {
      withheld += chunk.length;
    });
    const { bytes } = await client.open('consoles.open', { workload: 'burst', replayBytes: 0 });
    const decoder = new TextDecoder();
    const done = Promise.withResolvers<number>();
    let rest = '';
    let next = 1;
    bytes.onData((chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === String(next)) next += 1;
        else if (/^\d+$/.test(line)) done.reject(new Error(`${line} instead of ${next}`));
      }
      bytes.ack(chunk.length);
      if (next > 200_000) done.resolve(next - 1);
    });
    bytes.write(Buffer.from('seq 200000\n'));
    expect(await done.promise).toBe(200_000);
    expect(withheld).toBeLessThan(600 * 1024);
    client.close();
  });
});

describe('what is typed', () => {
  it('fault 49: Ctrl-C does not wait behind a flood', async () => {
    const client = webClient();
    await seed(client, { name: 'typed' }, true);
    const { bytes } = await client.open('consoles.open', { workload: 'typed', replayBytes: 0 });
    const flooded = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    let tail = '';
    let after: number | null = null;
    let total = 0;
    bytes.onData((chunk) => {
      total += chunk.length;
      if (after !== null) after += chunk.length;
      tail = (tail + Buffer.from(chunk).toString('latin1')).slice(-100_000);
      bytes.ack(chunk.length);
      if (total > 100_000) flooded.resolve();
      if (tail.includes('^C')) stopped.resolve();
    });
    // 79 MB, which take far longer than this test.
    bytes.write(Buffer.from('seq 10000000\n'));
    await flooded.promise;
    after = 0;
    bytes.write(Buffer.from('\u0003'));
    await stopped.promise;
    // Not counted in milliseconds, since the machine may be busy: what was on its way and no more.
    expect(after).toBeLessThan(16 * 1024 * 1024);
    client.close();
  });
});

describe('the host', () => {
  it('fault 12: a second one on the same data is told whose it is', async () => {
    await expect(startServer({ fake: true, home: server.home })).rejects.toThrow(/Another NovaCron.*conflict/s);
  });

  it('answers the command line by its socket', async () => {
    const client = clientOf(server.home);
    await expect(client.call('host.info', {})).resolves.toMatchObject({ platform: 'linux' });
    client.close();
  });
});
