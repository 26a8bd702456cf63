import { existsSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { keptRecordBytes } from '../../../../drivers/qemu/console/follow.ts';
import { machinePaths } from '../../../../drivers/qemu/machine/paths.ts';
import { consoleLogPath } from '../../../../drivers/qemu/plan/arguments.ts';
import { createClient } from '../../../../electron/bridge/client/create-client.ts';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { MiB } from '../../../../electron/bridge/contract.ts';
import { webSocketLink } from '../../../../electron/bridge/transports/web-socket.ts';
import { initialCreditBytes } from '../../../../electron/bridge/wire.ts';
import { resolveDirectories } from '../../../../electron/host/directories.ts';
import { residentMB } from '../../../bench/clock.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { guestPrompt, seedGuestCache } from '../../../support/guest.ts';
import { type Flood, writeFlood } from '../../../support/qemu/flood.ts';
import { viewFlood } from '../../../support/qemu/flood-viewer.ts';
import { poll } from '../../../support/qemu/wait.ts';

const missing = ['/proc/self/status', '/usr/bin/qemu-system-x86_64'].filter((path) => !existsSync(path));
const why = missing.length > 0 ? ` (skipped: ${missing.join(' and ')} not there)` : '';
/** What a flood may cost the host for a while: credit of the viewers, and what waits to be collected. A flood is many times that. */
const growthMB = 120;

let server: TestServer | null = null;
const clients: BridgeClient[] = [];
afterEach(async () => {
  const [first] = clients;
  for (const { id } of await (first?.call('workloads.list', {}) ?? [])) {
    const { job } = (await first?.call('workloads.remove', { workload: id, now: true })) ?? expect.unreachable();
    await first?.call('jobs.wait', { job: job.id });
  }
  for (const client of clients.splice(0)) client.close();
  await server?.close();
  server = null;
});

/** A window's connection to the server. */
async function openWindow(to: TestServer): Promise<BridgeClient> {
  const { port, origin, searchParams } = new URL(to.address);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, {
    headers: { cookie: `novacron-${port}=${searchParams.get('token')}`, origin },
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const client = createClient({ open: async () => webSocketLink(socket), reconnect: false });
  clients.push(client);
  return client;
}

/** A host with a QEMU that runs; returns the record of its serial console, which QEMU writes. */
async function startMachine(to: TestServer, client: BridgeClient, catalogue?: string): Promise<string> {
  const { job: made } = await client.call('workloads.create', {
    spec: {
      name: 'loud',
      driver: 'qemu',
      resources: { vcpus: 1, memoryBytes: 128 * MiB },
    },
    ...(catalogue === undefined ? {} : { catalogue }),
  });
  expect(await client.call('jobs.wait', { job: made.id })).toMatchObject({ error: null, state: 'succeeded' });
  const { job } = await client.call('workloads.start', { workload: 'loud' });
  expect(await client.call('jobs.wait', { job: job.id })).toMatchObject({ error: null, state: 'succeeded' });
  const { id } = await client.call('workloads.get', { workload: 'loud' });
  const { data, runtime } = resolveDirectories({ ...process.env, NOVACRON_HOME: to.home });
  return consoleLogPath(machinePaths(`${data}/qemu`, runtime, id));
}

const floods: Flood[] = [
  { kind: 'binary', bytes: 1024 * MiB },
  { kind: 'line', bytes: 200 * MiB },
];
// An emulated serial line prints some 100 KB a second, so the flood is written to where QEMU writes what its guest prints.
test.skipIf(missing.length > 0).each(floods)(
  `faults 48-49: $bytes bytes ($kind) on a machine's console: one that does not look slows nothing, who looks gets all or is told what is missing, and the host stays small${why}`,
  async (flood) => {
    server = await startServer();
    const client = await openWindow(server);
    const record = await startMachine(server, client);
    const replayed = { workload: 'loud', replayBytes: 0 };
    const stopped = await (await openWindow(server)).open('consoles.open', replayed);
    let held = 0;
    stopped.bytes.onData((chunk) => {
      held += chunk.length;
    });
    const { bytes } = await client.open('consoles.open', replayed);
    const seen = viewFlood(bytes, flood.kind);
    const { pid } = server;
    const beforeMB = residentMB(pid);
    let mostMB = 0;
    const watch = setInterval(() => {
      mostMB = Math.max(mostMB, residentMB(pid));
    }, 20);
    try {
      // It ends although one never reads: nothing holds up who writes.
      await writeFlood(record, flood);
      await poll('all of the flood', () => (seen.received + seen.skipped >= flood.bytes ? true : null));
    } finally {
      clearInterval(watch);
    }
    expect(seen).toMatchObject({ wrongAt: null, received: expect.any(Number) });
    expect(seen.received + seen.skipped).toBe(flood.bytes);
    expect(seen.received).toBeGreaterThanOrEqual(Math.min(flood.bytes, keptRecordBytes));
    expect(held).toBeLessThanOrEqual(initialCreditBytes);
    expect(mostMB - beforeMB).toBeLessThan(growthMB);
    // The connection works on, and a new viewer begins inside a line that has no beginning.
    const late = await client.open('consoles.open', { workload: 'loud', replayBytes: 100_000 });
    let replay = 0;
    late.bytes.onData((chunk) => {
      replay += chunk.length;
      late.bytes.ack(chunk.length);
    });
    await poll('the replay', () => (replay > 90_000 ? true : null));
    // The record takes no more of the disk than is kept of it. It is cut now and then, so one look is enough.
    if (flood.kind === 'line') return;
    const kept = (): number => statSync(record).blocks * 512;
    await poll('the record to be cut', () => (kept() <= 2 * keptRecordBytes ? true : null));
  },
);

test.skipIf(missing.length > 0)(
  `fault 49: Ctrl-C reaches a guest that floods its console, before it prints on for long${why}`,
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'nova-flood-'));
    await seedGuestCache(home);
    server = await startServer({ home });
    const client = await openWindow(server);
    const record = await startMachine(server, client, 'demo');
    // On the same connection one that does not look.
    const stopped = await client.open('consoles.open', { workload: 'loud' });
    stopped.bytes.onData(() => undefined);
    const { bytes } = await client.open('consoles.open', { workload: 'loud' });
    let text = '';
    let total = 0;
    bytes.onData((chunk) => {
      total += chunk.length;
      text = (text + Buffer.from(chunk).toString('latin1')).slice(-4096);
      bytes.ack(chunk.length);
    });
    await poll('the prompt', () => (text.includes(guestPrompt) ? true : null));
    bytes.write(Buffer.from('yes "$((1000+337)) of a flood that has no end"\n'));
    await poll('the flood', () => (total > 150_000 ? true : null));
    const printed = statSync(record).size;
    bytes.write(Buffer.from('\u0003'));
    await poll('the prompt after it', () => (text.includes(`^C\r\n${guestPrompt}`) ? true : null));
    // Not in milliseconds, since the machine may be busy: a fraction of what the guest has printed.
    expect(statSync(record).size - printed).toBeLessThan(128 * 1024);
  },
);
