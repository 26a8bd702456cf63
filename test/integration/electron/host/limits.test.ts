import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveDirectories } from '../../../../electron/host/directories.ts';
import { hostSocketPath } from '../../../../electron/server/socket-path.ts';
import { novacron } from '../../../support/cli.ts';
import { clientOf, seed } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';
import { poll } from '../../../support/qemu/wait.ts';

let base: string;
let server: TestServer | null = null;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'nova-limits-'));
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(base, { recursive: true, force: true });
});

test('fault 64: a home of 200 characters works, since its sockets lie in a short directory', async () => {
  const home = join(base, 'x'.repeat(100), 'y'.repeat(100));
  mkdirSync(home, { recursive: true });
  const { runtime } = resolveDirectories({ ...process.env, NOVACRON_HOME: home });
  try {
    server = await startServer({ fake: true, home });
    const socket = hostSocketPath(runtime);
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
    expect(existsSync(socket)).toBe(true);
    const client = clientOf(home);
    await seed(client, { name: 'far' }, true);
    const { bytes, answer } = await client.open('consoles.open', { workload: 'far', replayBytes: 0 });
    expect(answer.writable).toBe(true);
    bytes.close();
    client.close();
    // The command line finds the same host by the same rule.
    expect(await novacron(home, ['stop', 'far'])).toMatchObject({ code: 0, out: 'far: stopped\n' });
  } finally {
    await server?.close();
    server = null;
    rmSync(runtime, { recursive: true, force: true });
  }
});

/** Connects until the host takes no more; the callers of a full host are turned away, not left waiting. */
async function fill(path: string, most: number): Promise<Socket[]> {
  const held: Socket[] = [];
  for (let count = 0; count < most; count += 1) {
    const socket = connect(path);
    const stays = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      // Turned away at once or served: an answer to a call tells which.
      socket.once('data', () => resolve(true));
      const text = JSON.stringify({ t: 'call', id: 1, method: 'settings.get', input: {} });
      const header = Buffer.alloc(5);
      header.writeUInt32BE(Buffer.byteLength(text), 0);
      socket.once('connect', () => socket.write(Buffer.concat([header, Buffer.from(text)])));
    });
    socket.on('error', () => undefined);
    if (!stays) return held;
    held.push(socket);
  }
  return held;
}

const linux = process.platform === 'linux';
test.skipIf(!linux)(
  'fault 53: with 64 open files the host turns callers away, says why work fails, and goes on when files are free (Linux: prlimit)',
  async () => {
    server = await startServer({ fake: true, home: base, under: ['prlimit', '--nofile=64:64'] });
    const client = clientOf(base);
    await seed(client, { name: 'before' }, true);
    const held = await fill(hostSocketPath(resolveDirectories({ ...process.env, NOVACRON_HOME: base }).runtime), 100);
    expect(held.length).toBeGreaterThan(5);
    expect(held.length).toBeLessThan(64);
    // What is open already is served as before.
    expect(await client.call('workloads.get', { workload: 'before' })).toMatchObject({
      observation: { phase: 'running' },
    });
    const failure = await seed(client, { name: 'during' }).then(
      () => null,
      (error: Error) => error.message,
    );
    const jobs = await client.call('jobs.list', { limit: 10 });
    for (const job of jobs) expect(job.error?.code ?? 'none').not.toBe('internal');
    if (failure !== null) expect(failure).toMatch(/open/);
    for (const socket of held) socket.destroy();
    await poll('work to succeed again', async () => {
      const made = await seed(client, { name: `after-${Date.now()}` }, true).catch(() => null);
      return made;
    });
    expect((await client.call('host.info', {})).readOnly).toBeNull();
    client.close();
  },
);
