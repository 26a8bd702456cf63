import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { setFailpoint } from '../../../drivers/failpoints.ts';
import { layerVirtualBytes } from '../../../drivers/qemu/images/inspect.ts';
import { writeRecord } from '../../../drivers/qemu/machine/files.ts';
import { layerPath } from '../../../drivers/qemu/plan/block.ts';
import { connectQmp } from '../../../drivers/qemu/qmp/client.ts';
import { MiB, type Resources, type WorkloadSpec } from '../../../drivers/spec.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal, type Terminal } from '../../support/qemu/terminal.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const disk = { sizeBytes: 16 * MiB };

/** A demo guest at its prompt: 1 of 3 CPUs, 192 of 512 MiB. */
async function bootGuest(
  resources: Resources = {},
  settings: Record<string, unknown> = {},
): Promise<{ ref: WorkloadRef; terminal: Terminal }> {
  const ref = await rig.create({
    ...(await guestSpec({ network: 'none', disks: [disk], ...settings })),
    resources: { vcpus: 1, maxVcpus: 3, memoryBytes: 192 * MiB, maxMemoryBytes: 512 * MiB, ...resources },
  });
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');
  return { ref, terminal };
}

const sized = (spec: WorkloadSpec, resources: Resources): WorkloadSpec => ({
  ...spec,
  resources: { ...spec.resources, ...resources },
});

async function update(ref: WorkloadRef, to: WorkloadSpec, signal?: AbortSignal) {
  const done = await rig.driver.update?.(rig.context(signal), ref, to);
  if (done === undefined) {
    throw new Error('the driver has no update');
  }
  return { ...done, ref: { ...ref, spec: to } };
}

/** Runs a command in the guest until it prints what is awaited. */
async function guestSays(terminal: Terminal, command: string, awaited: string): Promise<void> {
  await poll(`${command} to print ${awaited}`, async () => {
    const from = terminal.text().length;
    const mark = randomUUID().slice(0, 8);
    // The echo of the line shows the mark in two parts.
    await terminal.line(`echo "<$(${command})>"; echo ${mark.slice(0, 4)}''${mark.slice(4)}`);
    await terminal.see(mark, from);
    return terminal.text().slice(from).includes(`<${awaited}>`) ? true : null;
  });
}

test('under emulation no CPU is taken out, for QEMU would not survive it; a saved memory has what was plugged in', async () => {
  const { ref, terminal } = await bootGuest({}, { accelerator: 'tcg' });
  const up = await update(ref, sized(ref.spec, { vcpus: 2, memoryBytes: 320 * MiB }));
  expect(up.lagging).toBeUndefined();
  await guestSays(terminal, 'nproc', '2');
  const down = await update(up.ref, sized(up.ref.spec, { vcpus: 1 }));
  expect(down.lagging).toMatch(/emulator/);
  expect(down.confirmed.vcpus).toBe(2);
  const again = await update(down.ref, sized(down.ref.spec, { vcpus: 3 }));
  expect(again.lagging).toBeUndefined();
  await guestSays(terminal, 'nproc', '3');
  await terminal.line('STATE=kept-in-memory');
  const id = randomUUID();
  await rig.driver.snapshots?.create(rig.context(), again.ref, { id, name: 'grown', kind: 'disk+memory' });
  terminal.close();
  await rig.driver.stop(rig.context(), again.ref, { graceMs: 0, force: true });
  await rig.driver.snapshots?.restore(rig.context(), again.ref, id, { keep: false, keepId: randomUUID() });
  const restored = readTerminal(await rig.driver.openConsole(ref, 'serial0', { replayBytes: 0 }));
  await guestSays(restored, 'echo $STATE', 'kept-in-memory');
  await guestSays(restored, 'nproc', '3');
  expect(await rig.driver.inspect(ref)).toMatchObject({ confirmed: { vcpus: 3, memoryBytes: 320 * MiB } });
});

test('a guest is never shrunk below what it uses: it lags, and lives', async () => {
  const { ref, terminal } = await bootGuest();
  const done = await update(ref, sized(ref.spec, { memoryBytes: 8 * MiB }));
  expect(done.lagging).toMatch(/the guest uses the rest/);
  expect(done.confirmed.memoryBytes).toBeGreaterThan(32 * MiB);
  expect(done.confirmed.memoryBytes).toBeLessThan(192 * MiB);
  await guestSays(terminal, 'echo alive', 'alive');
  const back = await update(done.ref, sized(ref.spec, { memoryBytes: 192 * MiB }));
  expect(back.lagging).toBeUndefined();
  expect(back.confirmed.memoryBytes).toBe(192 * MiB);
});

test('disks grow while the guest runs and while it is stopped, and never shrink', async () => {
  const { ref, terminal } = await bootGuest();
  const grown = (bytes: number): WorkloadSpec => ({
    ...ref.spec,
    settings: { ...ref.spec.settings, disks: [{ ...disk, use: 'overlay', readOnly: false, sizeBytes: bytes }] },
  });
  const id = randomUUID();
  await rig.driver.snapshots?.create(rig.context(), ref, { id, name: 'small', kind: 'disk' });
  expect(rig.driver.diff(ref.spec, grown(24 * MiB))).toMatchObject([
    { field: 'settings.disks.0.sizeBytes', effect: 'live' },
  ]);
  const done = await update(ref, grown(24 * MiB));
  await guestSays(terminal, 'cat /sys/block/vda/size', String((24 * MiB) / 512));
  expect(rig.record(ref).disks).toMatchObject([{ virtualBytes: 24 * MiB }]);
  await expect(update(done.ref, grown(16 * MiB))).rejects.toMatchObject({ code: 'unsupported' });
  await rig.driver.stop(rig.context(), done.ref, { graceMs: 0, force: true });
  await update(done.ref, grown(32 * MiB));
  const { layers, disks } = rig.record(ref);
  const top = layers.find((layer) => layer.id === disks[0]?.layerId);
  expect(top === undefined ? 0 : layerVirtualBytes(layerPath(rig.paths(ref).disks, top))).toBe(32 * MiB);
  // The snapshot has the size of its time.
  await rig.driver.snapshots?.restore(rig.context(), done.ref, id, { keep: false, keepId: randomUUID() });
  expect(rig.record(ref).disks).toMatchObject([{ virtualBytes: 16 * MiB }]);
});

test('a machine whose guest does not answer is told to lag', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const done = await update(ref, sized(ref.spec, { vcpus: 2, memoryBytes: 32 * MiB }));
  expect(done.lagging).toMatch(/not taken up cpu1 yet/);
  expect(done.lagging).toMatch(/has no balloon driver/);
  expect(done.confirmed).toMatchObject({ vcpus: 2, memoryBytes: 64 * MiB });
});

test('a paused machine takes a change without waiting for its guest', async () => {
  const { ref, terminal } = await bootGuest();
  await rig.driver.pause?.(rig.context(), ref);
  const done = await update(ref, sized(ref.spec, { vcpus: 2, memoryBytes: 320 * MiB }));
  expect(done.lagging).toMatch(/yet/);
  await rig.driver.resume?.(rig.context(), ref);
  await guestSays(terminal, 'nproc', '2');
  await guestSays(terminal, "awk '/MemTotal/ {print ($2 > 240000)}' /proc/meminfo", '1');
});

test('a cancelled change gives back what it took', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const controller = new AbortController();
  const changing = update(ref, sized(ref.spec, { memoryBytes: 32 * MiB }), controller.signal);
  await poll('the change', () => (rig.record(ref).intent === null ? null : true));
  controller.abort();
  await expect(changing).rejects.toMatchObject({ code: 'cancelled' });
  expect(rig.record(ref)).toMatchObject({ intent: null, spec: { resources: ref.spec.resources } });
  expect(await rig.driver.inspect(ref)).toMatchObject({ phase: 'running', confirmed: { memoryBytes: 64 * MiB } });
});

test('a change that fails leaves no intent', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  setFailpoint('qemu.resize.intent', 'fail');
  try {
    await expect(update(ref, sized(ref.spec, { vcpus: 2 }))).rejects.toMatchObject({ code: 'internal' });
  } finally {
    setFailpoint('qemu.resize.intent', null);
  }
  expect(rig.record(ref)).toMatchObject({ intent: null, spec: { resources: { vcpus: 1 } } });
});

test('what was plugged in and out while nobody noted it is found out at recovery', async () => {
  const { ref, terminal } = await bootGuest();
  const { ref: up } = await update(ref, sized(ref.spec, { vcpus: 2, memoryBytes: 320 * MiB }));
  await guestSays(terminal, 'nproc', '2');
  const plugged = rig.record(ref).run?.hotplugged;
  expect(plugged).toMatchObject([
    { execute: 'device_add', arguments: { id: 'cpu1' } },
    { execute: 'object-add', arguments: { id: 'memory0', size: 128 * MiB } },
    { execute: 'device_add', arguments: { id: 'dimm0', memdev: 'memory0', slot: 0 } },
  ]);
  await rig.driver.close();
  // As if the host had died in the change, before it could note anything.
  const record = rig.record(ref);
  writeRecord(rig.paths(ref).record, {
    ...record,
    run: record.run === null ? null : { ...record.run, hotplugged: [] },
    intent: { kind: 'resize', startedAtMs: Date.now(), newFiles: [] },
  });
  await rig.restart();
  await rig.driver.recover(ref.id, up.spec, up.handle);
  expect(rig.record(ref)).toMatchObject({ intent: null, run: { hotplugged: plugged } });
  // A guest that lets go of a CPU without our asking.
  const monitor = await connectQmp(rig.paths(ref).spareQmpSocket);
  try {
    await monitor.execute('device_del', { id: 'cpu1' });
    await poll('the record without the CPU', () =>
      rig.record(ref).run?.hotplugged.every((command) => command.arguments['id'] !== 'cpu1') ? true : null,
    );
  } finally {
    monitor.close();
  }
  expect(rig.record(ref).run?.retiredVcpus).toBe(1);
  await rig.until(ref, 'one CPU', ({ confirmed }) => confirmed?.vcpus === 1);
});

test('a guest that sits in its firmware is waited for no longer than the patience of whoever asks', async () => {
  const ref = await rig.create({ settings: { accelerator: 'tcg', network: 'none' } });
  await rig.driver.start(rig.context(), ref);
  const from = performance.now();
  const patient = { ...rig.context(), patienceMs: 100 };
  const to = sized(ref.spec, { vcpus: 2, memoryBytes: 32 * MiB });
  const done = await rig.driver.update?.(patient, ref, to);
  // Of itself the driver waits 24 s for it: for its statistics, its balloon and its answers.
  expect(performance.now() - from).toBeLessThan(12_000);
  expect(done?.lagging).toMatch(/cpu1/);
  expect(rig.record(ref)).toMatchObject({ spec: { resources: to.resources }, intent: null });
});
