import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { createQemuDriver } from '../../../drivers/qemu/driver.ts';
import { processesByUuid } from '../../../drivers/qemu/machine/identity.ts';
import { findProgram } from '../../../drivers/qemu/probe/binaries.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
let oldPath = '';
beforeEach(() => {
  rig = createRig();
  oldPath = process.env['PATH'] ?? '';
});
afterEach(async () => {
  process.env['PATH'] = oldPath;
  await rig.close();
});

/** Puts a script in front of QEMU that runs `before` and then the real one, except when QEMU is only asked about itself. */
function wrapQemu(before: string): void {
  const real = findProgram('qemu-system-x86_64', oldPath);
  const directory = join(rig.options.root, '..', 'bin');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'qemu-system-x86_64');
  writeFileSync(path, `#!/bin/sh\ncase "$*" in *-uuid*) ${before} ;; esac\nexec ${real} "$@"\n`);
  chmodSync(path, 0o755);
  process.env['PATH'] = `${directory}:${oldPath}`;
}

test('fault 1: after the host is gone machines run on and are found again with their pid within 2 s', async () => {
  const refs = await Promise.all([rig.create(), rig.create(), rig.create()]);
  await Promise.all(refs.map((ref) => rig.driver.start(rig.context(), ref)));
  const pids = await Promise.all(refs.map(async (ref) => (await rig.driver.inspect(ref)).pid));
  await rig.restart();
  const before = Date.now();
  const found = await Promise.all(refs.map((ref) => rig.driver.recover(ref.id, ref.spec, ref.handle)));
  expect(Date.now() - before).toBeLessThan(2000);
  expect(found.map(({ observation }) => [observation.phase, observation.pid])).toEqual(
    pids.map((pid) => ['running', pid]),
  );
  expect(found.map(({ handle }) => handle)).toEqual(refs.map(({ handle }) => handle));
});

test('fault 3: a QEMU that is killed is told as crashed within 1 s, and starts again', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const { pid = 0 } = await rig.driver.inspect(ref);
  const from = rig.events.length;
  const before = Date.now();
  process.kill(pid, 'SIGKILL');
  const crash = await poll('the event', () => {
    const event = rig.events
      .slice(from)
      .find((entry) => entry.type === 'observed' && entry.observation.phase === 'crashed');
    return event?.type === 'observed' ? event.observation : null;
  });
  expect(Date.now() - before).toBeLessThan(1000);
  expect(crash.reason).toContain('SIGKILL');
  await rig.driver.start(rig.context(), ref);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
});

test('fault 3: an adopted QEMU that is killed is told as crashed too', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  await rig.restart();
  const { observation } = await rig.driver.recover(ref.id, ref.spec, ref.handle);
  process.kill(observation.pid ?? 0, 'SIGKILL');
  await rig.until(ref, 'the crash', ({ phase }) => phase === 'crashed');
});

test('a shutdown by the guest while no host was there is told as that, not as a crash', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const { pid = 0 } = await rig.driver.inspect(ref);
  await rig.restart();
  process.kill(pid, 'SIGTERM');
  const { uuid } = rig.record(ref);
  await poll('the end', () => (processesByUuid().has(uuid) ? null : true));
  const { observation } = await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(observation).toMatchObject({ phase: 'stopped', reason: expect.stringContaining('SIGTERM') });
});

test('fault 4: a stopped QEMU is unresponsive after 5 s, comes back with CONT, and can be forced off', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const { pid = 0 } = await rig.driver.inspect(ref);
  const from = rig.events.length;
  const before = Date.now();
  process.kill(pid, 'SIGSTOP');
  await poll('the attention', () =>
    rig.events.slice(from).some((event) => event.type === 'observed' && event.observation.attention !== undefined)
      ? true
      : null,
  );
  expect(Date.now() - before).toBeLessThan(7000);
  expect((await rig.driver.inspect(ref)).attention).toContain('SIGSTOP');
  process.kill(pid, 'SIGCONT');
  await rig.until(ref, 'the return', ({ attention, phase }) => attention === undefined && phase === 'running');
  process.kill(pid, 'SIGSTOP');
  await rig.driver.stop(rig.context(), ref, { graceMs: 200, force: true });
  expect((await rig.driver.inspect(ref)).phase).toBe('stopped');
});

test('fault 4: a stopped QEMU holds up nobody at the recovery', async () => {
  const [hung, other] = await Promise.all([rig.create(), rig.create()]);
  await Promise.all([hung, other].map((ref) => rig.driver.start(rig.context(), ref)));
  const { pid = 0 } = await rig.driver.inspect(hung);
  await rig.restart();
  process.kill(pid, 'SIGSTOP');
  const before = Date.now();
  const recover = (ref: WorkloadRef) => rig.driver.recover(ref.id, ref.spec, ref.handle);
  const waiting = recover(hung);
  const second = await recover(other);
  expect(Date.now() - before).toBeLessThan(3000);
  const first = await waiting;
  expect(first.observation.attention).toContain('SIGSTOP');
  expect(second.observation).toMatchObject({ phase: 'running' });
  expect(second.observation.attention).toBeUndefined();
});

test('fault 5: a QEMU that dies at once gives its last words and is undone', async () => {
  wrapQemu('echo "cannot do this" >&2; exit 3');
  const ref = await rig.create();
  await expect(rig.driver.start(rig.context(), ref)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('cannot do this'),
    details: { log: ['cannot do this'] },
  });
  expect((await rig.driver.inspect(ref)).phase).toBe('stopped');
  expect(rig.record(ref)).toMatchObject({ run: null, intent: null });
  process.env['PATH'] = oldPath;
  await rig.driver.start(rig.context(), ref);
});

test('fault 6: a monitor that comes 5 s late is waited for, with one process only', async () => {
  wrapQemu('sleep 5');
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'running' });
  const { uuid, run } = rig.record(ref);
  expect(processesByUuid().get(uuid)).toBe(run?.pid);
});

test('fault 7: a host that dies between spawn and commit: the process is adopted', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const { pid } = await rig.driver.inspect(ref);
  await rig.driver.close();
  // The record as it stands between the intent and the commit.
  const record = rig.record(ref);
  const intent = { kind: 'start', startedAtMs: Date.now(), newFiles: [] };
  writeFileSync(rig.paths(ref).record, JSON.stringify({ ...record, run: null, intent }));
  await rig.restart();
  const { observation } = await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(observation).toMatchObject({ phase: 'running', pid });
  expect(rig.record(ref).intent).toBeNull();
});

test('fault 8: a create that was cut off is undone; nothing else is touched', async () => {
  const other = await rig.create();
  const ref = await rig.create();
  writeFileSync(
    rig.paths(ref).record,
    JSON.stringify({ ...rig.record(ref), intent: { kind: 'create', startedAtMs: 0, newFiles: [] } }),
  );
  await rig.restart();
  expect(await rig.driver.recover(ref.id, ref.spec, null)).toMatchObject({
    observation: { phase: 'lost' },
    handle: null,
  });
  expect(existsSync(rig.paths(ref).directory)).toBe(false);
  expect(await rig.driver.recover(other.id, other.spec, other.handle)).toMatchObject({
    observation: { phase: 'stopped' },
  });
});

test('fault 9: stale sockets of a run that is gone do not hinder a start', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  process.kill((await rig.driver.inspect(ref)).pid ?? 0, 'SIGKILL');
  await rig.until(ref, 'the crash', ({ phase }) => phase === 'crashed');
  expect(existsSync(rig.paths(ref).qmpSocket)).toBe(true);
  await rig.driver.start(rig.context(), ref);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
});

test('fault 10: a record with the pid of a stranger: stopped, and the stranger is never signalled', async () => {
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
  try {
    const ref = await rig.create();
    await rig.driver.start(rig.context(), ref);
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    const record = rig.record(ref);
    writeFileSync(
      rig.paths(ref).record,
      JSON.stringify({
        ...record,
        run: { pid: stranger.pid, startTicks: 1, bootId: 'x', startedAtMs: 0, boot: 1, argv: [], hotplugged: [] },
      }),
    );
    writeFileSync(rig.paths(ref).pidFile, String(stranger.pid));
    await rig.restart();
    const { observation } = await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect(['stopped', 'crashed']).toContain(observation.phase);
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    await rig.driver.remove(rig.context(), ref);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('fault 13: a QEMU that holds the monitor path is not pushed aside', async () => {
  const ref = await rig.create();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(rig.paths(ref).qmpSocket, resolve);
  });
  try {
    await expect(rig.driver.start(rig.context(), ref)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('monitor socket'),
    });
  } finally {
    server.close();
  }
  await rig.driver.start(rig.context(), ref);
});

test('fault 14: a second client on the monitor is told as busy, and all converges when it goes', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  await rig.driver.close();
  const intruder = connect({ path: rig.paths(ref).qmpSocket });
  await new Promise<void>((resolve) => {
    intruder.once('data', () => resolve());
  });
  await rig.restart();
  const { observation } = await rig.driver.recover(ref.id, ref.spec, ref.handle);
  expect(observation).toMatchObject({ phase: 'running', attention: expect.stringContaining('busy') });
  intruder.destroy();
  const before = Date.now();
  await poll('the event', () =>
    rig.events.some(
      (event) =>
        event.type === 'observed' &&
        event.observation.confirmed !== undefined &&
        event.observation.attention === undefined,
    )
      ? true
      : null,
  );
  await rig.until(ref, 'the return', ({ attention }) => attention === undefined);
  expect(Date.now() - before).toBeLessThan(20_000);
});

test('fault 12: the same machine is not started twice by two drivers', async () => {
  const ref = await rig.create();
  const second = createQemuDriver(rig.options);
  try {
    const results = await Promise.allSettled([
      rig.driver.start(rig.context(), ref),
      rig.driver.start(rig.context(), ref),
    ]);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    await second.recover(ref.id, ref.spec, ref.handle);
    await second.start(rig.context(), ref);
    const { uuid, run } = rig.record(ref);
    expect(processesByUuid().get(uuid)).toBe(run?.pid);
  } finally {
    await second.close();
  }
});

test('faults 17-20: KVM that cannot boot is told with its reason and cost, and machines start all the same', async () => {
  const controller = new AbortController();
  for await (const probe of rig.driver.probe(controller.signal)) {
    if (probe.health !== 'undetected') {
      expect(probe.health).toBe('healthy');
      const accelerators = probe.attributes['accelerators'] as { name: string; works: boolean; reason: string }[];
      for (const { reason } of accelerators) {
        expect(reason).not.toBe('');
      }
      controller.abort();
    }
  }
  const ref = await rig.create();
  const plan = await rig.driver.plan(ref.spec);
  const argv = plan.commands.at(-1) ?? [];
  if (argv[argv.indexOf('-accel') + 1] === 'tcg') {
    expect(plan.warnings.join(' ')).toMatch(/emulation.*slower/);
  }
  await rig.driver.start(rig.context(), ref);
});

test('fault 64: a long directory for the data is no matter: sockets are in the short one', async () => {
  const long = join(rig.options.root, '..', 'x'.repeat(120), 'y'.repeat(120));
  mkdirSync(long, { recursive: true });
  const driver = createQemuDriver({ ...rig.options, root: join(long, 'machines') });
  const ref = await rig.create();
  const handle = await driver.create(rig.context(), ref.id, ref.spec);
  try {
    await driver.start(rig.context(), { ...ref, handle });
    expect((await driver.inspect(ref)).phase).toBe('running');
  } finally {
    await driver.remove(rig.context(), ref);
    await driver.close();
  }
  // The runtime directory was shared with the first driver's machine of the same id.
  mkdirSync(rig.paths(ref).runtime, { recursive: true });
});

test('a machine whose directory is a link that leads out is not removed', async () => {
  const outside = join(rig.options.root, '..', 'outside');
  mkdirSync(outside);
  const ref = await rig.create();
  await rig.driver.remove(rig.context(), ref);
  symlinkSync(outside, rig.paths(ref).directory);
  await expect(rig.driver.recover(ref.id, ref.spec, null)).rejects.toMatchObject({ code: 'conflict' });
  expect(existsSync(outside)).toBe(true);
  rmSync(rig.paths(ref).directory);
});
