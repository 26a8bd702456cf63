import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runState } from '../../../drivers/qemu/machine/identity.ts';
import { MiB } from '../../../drivers/spec.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal } from '../../support/qemu/terminal.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

test('create, start, pause, resume, reset, stop, remove: each twice, and nothing is left', async () => {
  const ref = await rig.create({ settings: { disks: [{ sizeBytes: 8 * MiB }] } });
  const { driver } = rig;
  expect(await driver.create(rig.context(), ref.id, ref.spec)).toEqual(ref.handle);
  expect(await driver.inspect(ref)).toMatchObject({ phase: 'stopped', reason: 'Not started yet.' });
  await driver.start(rig.context(), ref);
  const { pid } = await driver.inspect(ref);
  await driver.start(rig.context(), ref);
  expect(await driver.inspect(ref)).toMatchObject({ phase: 'running', pid });
  for (const phase of ['paused', 'paused'] as const) {
    await driver.pause?.(rig.context(), ref);
    expect((await driver.inspect(ref)).phase).toBe(phase);
  }
  await driver.resume?.(rig.context(), ref);
  await driver.resume?.(rig.context(), ref);
  expect((await driver.inspect(ref)).phase).toBe('running');
  await driver.reset?.(rig.context(), ref);
  expect(await driver.inspect(ref)).toMatchObject({ phase: 'running', pid });
  const run = rig.record(ref).run;
  for (let times = 0; times < 2; times++) {
    await driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    expect(await driver.inspect(ref)).toMatchObject({ phase: 'stopped', reason: 'Forced off.' });
  }
  expect(run === null ? 'none' : runState(run, rig.record(ref).uuid)).toBe('gone');
  await driver.remove(rig.context(), ref);
  await driver.remove(rig.context(), ref);
  expect(readdirSync(rig.options.root)).toEqual([]);
  expect(readdirSync(rig.options.runtimeRoot)).toEqual([]);
  expect((await driver.inspect(ref)).phase).toBe('lost');
});

test('what a machine can not do in its state is told as wrong_state', async () => {
  const ref = await rig.create();
  await expect(rig.driver.pause?.(rig.context(), ref)).rejects.toMatchObject({ code: 'wrong_state' });
  await expect(rig.driver.reset?.(rig.context(), ref)).rejects.toMatchObject({ code: 'wrong_state' });
  await expect(rig.driver.openConsole(ref, 'nothing', {})).rejects.toMatchObject({ code: 'not_found' });
});

test('sockets and files are private', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const paths = rig.paths(ref);
  for (const directory of [paths.directory, paths.runtime]) {
    expect(statSync(directory).mode & 0o077).toBe(0);
  }
});

test('the demo guest boots, shows its page through a forward, tells its memory, and shuts down when asked', async () => {
  const ref = await rig.create(await guestSpec({ portForwards: [{ hostPort: 0, guestPort: 80 }] }));
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');
  const { addresses } = await rig.driver.inspect(ref);
  const url = addresses?.[0]?.url ?? '';
  expect(await poll('the page', async () => (await fetch(url)).text())).toContain('NovaCron demo guest');
  const controller = new AbortController();
  for await (const stats of rig.driver.stats(ref, 500, controller.signal)) {
    if ((stats.guestMemoryBytes ?? 0) > 0) {
      expect(stats.cpuTimeMs).toBeGreaterThan(0);
      expect(stats.memoryBytes).toBeGreaterThan(10 * MiB);
      expect(stats.guestMemoryBytes).toBeLessThan(192 * MiB);
      controller.abort();
    }
  }
  await rig.driver.stop(rig.context(), ref, { graceMs: 60_000, force: false });
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'stopped', reason: 'Shut down by the guest.' });
  await terminal.ended;
  expect(terminal.text()).toContain('Power down');
});

test('a guest whose kernel panics is told as that, and starts again', async () => {
  const ref = await rig.create(await guestSpec());
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');
  await terminal.line('echo c >/proc/sysrq-trigger');
  const crashed = { phase: 'crashed', reason: "The guest's kernel panicked." };
  await poll('the crash', async () => ((await rig.driver.inspect(ref)).phase === 'crashed' ? true : null));
  expect(await rig.driver.inspect(ref)).toMatchObject(crashed);
  await rig.driver.start(rig.context(), ref);
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'running' });
});

test('fault 66: a guest that ignores the power button stays until it is forced', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  await expect(rig.driver.stop(rig.context(), ref, { graceMs: 300, force: false })).rejects.toMatchObject({
    code: 'timeout',
    retryable: true,
    message: expect.stringContaining('force it off'),
  });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  const controller = new AbortController();
  const stopping = rig.driver.stop(rig.context(controller.signal), ref, { graceMs: 60_000, force: true });
  controller.abort();
  await expect(stopping).rejects.toMatchObject({ code: 'cancelled' });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  await rig.driver.stop(rig.context(), ref, { graceMs: 300, force: true });
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'stopped' });
});

test('fault 54: a port that is taken is named, and the machine is stopped', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  try {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ref = await rig.create({ settings: { portForwards: [{ hostPort: port, guestPort: 80 }] } });
    await expect(rig.driver.start(rig.context(), ref)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(String(port)),
    });
    expect((await rig.driver.inspect(ref)).phase).toBe('stopped');
    expect(rig.record(ref)).toMatchObject({ run: null, intent: null });
  } finally {
    server.close();
  }
});

test('a cancelled start leaves a stopped machine without a process', async () => {
  const ref = await rig.create();
  const controller = new AbortController();
  const starting = rig.driver.start(rig.context(controller.signal), ref);
  await poll('the process', () => (existsSync(rig.paths(ref).stderrLog) ? true : null));
  controller.abort();
  await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
  expect(rig.record(ref)).toMatchObject({ run: null, intent: null });
  expect(await rig.driver.discover?.()).toMatchObject([{ engineId: ref.id, observation: { phase: 'stopped' } }]);
  await rig.driver.start(rig.context(), ref);
});

test('a display has a VNC stream', async () => {
  const ref = await rig.create({ settings: { display: 'vnc' } });
  await rig.driver.start(rig.context(), ref);
  expect((await rig.driver.consoles(ref)).map(({ id }) => id)).toContain('vnc');
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'vnc', {}));
  await terminal.see('RFB 003.008');
  terminal.close();
  await terminal.ended;
});

test('a screen that is switched on while it runs comes with the next start', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const to = { ...ref.spec, settings: { ...ref.spec.settings, display: 'vnc' } };
  await rig.driver.update?.(rig.context(), ref, to);
  expect((await rig.driver.inspect(ref)).pending).toEqual(['settings.display']);
  expect((await rig.driver.consoles(ref)).map(({ id }) => id)).not.toContain('vnc');
  await expect(rig.driver.openConsole(ref, 'vnc', {})).rejects.toMatchObject({ code: 'wrong_state' });
  expect(await rig.driver.screenshot?.(ref)).toBeNull();
});

test('fault 55: hostile file names work', async () => {
  const { kernel, initrd, cmdline } = (await guestSpec()).settings as Record<string, string>;
  for (const name of ['a,b=c', '-x', 'new\nline', 'json:{"driver":"nbd"}', 'Größe 😀', `quote"'\\`]) {
    const directory = join(rig.options.root, '..', `files ${name}`);
    mkdirSync(directory, { recursive: true });
    const copy = join(directory, name);
    copyFileSync(kernel ?? '', copy);
    copyFileSync(initrd ?? '', `${copy}.initrd`);
    const ref = await rig.create({
      resources: { vcpus: 1, memoryBytes: 192 * MiB },
      settings: { kernel: copy, initrd: `${copy}.initrd`, cmdline, cdrom: copy },
    });
    await rig.driver.start(rig.context(), ref);
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    await rig.driver.remove(rig.context(), ref);
  }
});
