import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { clientOf, seed } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { poll } from '../../../support/qemu/wait.ts';

const viewerProgram = join(import.meta.dirname, '../../../support/bridge/viewer.ts');
let server: TestServer;
let client: BridgeClient;
const viewers: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer({ fake: true });
  client = clientOf(server.home);
  await seed(client, { name: 'one' }, true);
});
afterAll(async () => {
  for (const viewer of viewers) viewer.kill('SIGKILL');
  client.close();
  await server.close();
});

/** A window that shows the console; `read` is how many bytes have come to it. */
async function startViewer(): Promise<{ child: ChildProcess; read(): number }> {
  const child = spawn(process.execPath, [viewerProgram, server.home, 'one'], { stdio: ['ignore', 'pipe', 'inherit'] });
  viewers.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-1000);
  });
  await poll('the viewer to be there', () => (text === '' ? null : text));
  return { child, read: () => Number(text.trimEnd().split('\n').at(-1)?.replace('open', '0')) };
}

/** Lets the guest print numbers up to `last` and reads all of them. Fails at a gap. */
async function flood(first: number, last: number): Promise<void> {
  const { bytes } = await client.open('consoles.open', { workload: 'one', replayBytes: 0 });
  const done = Promise.withResolvers<void>();
  let rest = '';
  let next = first;
  bytes.onData((chunk) => {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === String(next)) next += 1;
      else if (/^\d+$/.test(line)) done.reject(new Error(`${line} instead of ${next}`));
    }
    bytes.ack(chunk.length);
    if (next > last) done.resolve();
  });
  bytes.write(Buffer.from(`seq ${first} ${last}\n`));
  await done.promise;
  bytes.close();
}

const hostMemory = (): number => {
  const pid = (JSON.parse(readFileSync(join(server.home, 'data', 'host.json'), 'utf8')) as { pid: number }).pid;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
};

test.skipIf(process.platform !== 'linux')(
  'fault 2: a frozen window slows nobody, costs bounded memory, and reads on when it comes back (Linux: /proc)',
  async () => {
    const viewer = await startViewer();
    await flood(1, 1000);
    await poll('the viewer to have read it', () => (viewer.read() > 4000 ? true : null));
    const before = viewer.read();
    viewer.child.kill('SIGSTOP');
    const memory = hostMemory();
    await flood(1001, 200_000);
    expect(viewer.read()).toBe(before);
    // What waits for a viewer has a bound of a few MiB; the rest is what the runtime has not given back.
    expect(hostMemory() - memory).toBeLessThan(100 * 1024 * 1024);
    viewer.child.kill('SIGCONT');
    await poll('the viewer to read on', () => (viewer.read() > before ? true : null));
    const after = viewer.read();
    await flood(200_001, 200_100);
    await poll('the viewer to follow again', () => (viewer.read() > after ? true : null));
  },
);

test('fault 2: a killed window leaves nothing behind, and the next one has what it missed', async () => {
  const viewer = await startViewer();
  viewer.child.kill('SIGKILL');
  await flood(1, 5000);
  const { bytes } = await client.open('consoles.open', { workload: 'one', replayBytes: 4096 });
  let text = '';
  bytes.onData((chunk) => {
    text += Buffer.from(chunk).toString('latin1');
    bytes.ack(chunk.length);
  });
  await poll('the record', () => (text.includes('\r\n5000\r\n') ? true : null));
  bytes.write(Buffer.from('echo again\n'));
  await poll('an answer', () => (text.includes('\r\nagain\r\n') ? true : null));
  bytes.close();
});
