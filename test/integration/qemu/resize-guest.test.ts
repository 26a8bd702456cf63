import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { MiB, type Resources } from '../../../drivers/spec.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal, type Terminal } from '../../support/qemu/terminal.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

async function update(ref: WorkloadRef, resources: Resources, settings: Record<string, unknown> = {}) {
  const { spec } = rig.record(ref);
  const to = await rig.driver.resolve({
    ...spec,
    resources: { ...spec.resources, ...resources },
    settings: { ...spec.settings, ...settings },
  });
  const done = await rig.driver.update?.(rig.context(), ref, to);
  return done ?? expect.unreachable('no update');
}

let asked = 0;
/** Asks the guest until the answer is the expected one. */
async function guestSays(terminal: Terminal, command: string, match: (answer: string) => boolean): Promise<string> {
  return await poll(`the guest's answer to ${command}`, async () => {
    asked += 1;
    await terminal.line(`echo ${asked}-$((1+1)):$(${command}):`);
    const end = await terminal.see(`\n${asked}-2:`);
    const answer = terminal
      .text()
      .slice(end, await terminal.see(':', end))
      .replace(/:$/, '')
      .trim();
    return match(answer) ? answer : null;
  });
}

test('a running guest gets and gives back CPUs and memory, its disk grows, and a snapshot of it resumes', async () => {
  const base = await guestSpec({ disks: [{ sizeBytes: 64 * MiB }] });
  const ref = await rig.create({
    ...base,
    resources: { vcpus: 1, maxVcpus: 2, memoryBytes: 192 * MiB, maxMemoryBytes: 512 * MiB },
  });
  await rig.driver.start(rig.context(), ref);
  let terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('demo:~# ');

  // Not a whole block more: the balloon makes the difference.
  const up = await update(ref, { vcpus: 2, memoryBytes: 288 * MiB });
  expect(up).toMatchObject({ confirmed: { vcpus: 2, memoryBytes: 288 * MiB } });
  expect(up.lagging).toBeUndefined();
  await guestSays(terminal, 'nproc', (answer) => answer === '2');
  await guestSays(terminal, "awk '/MemTotal/{print $2}' /proc/meminfo", (answer) => Number(answer) > 200 * 1024);
  expect((await rig.driver.inspect(ref)).confirmed).toEqual({ vcpus: 2, memoryBytes: 288 * MiB });
  expect((await rig.driver.inspect(ref)).pending).toBeUndefined();

  await update(ref, {}, { disks: [{ sizeBytes: 96 * MiB }] });
  await guestSays(terminal, 'cat /sys/block/vda/size', (answer) => Number(answer) * 512 === 96 * MiB);

  // The memory snapshot carries the plugged devices.
  const { snapshots } = rig.driver;
  await terminal.line('echo mark > /tmp/mark');
  await snapshots?.create(rig.context(), ref, { id: 'snapshot-1', name: 'resized', kind: 'disk+memory' });

  const down = await update(ref, { memoryBytes: 224 * MiB });
  expect(down.confirmed).toMatchObject({ vcpus: 2, memoryBytes: 224 * MiB });

  await snapshots?.restore(rig.context(), ref, 'snapshot-1', { keep: false, keepId: 'kept-0001' });
  terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', { replayBytes: 0 }));
  await guestSays(terminal, 'cat /tmp/mark', (answer) => answer === 'mark');
  await guestSays(terminal, 'nproc', (answer) => answer === '2');
});

test('above the maximum waits for the next start, and is told as pending', async () => {
  const ref = await rig.create();
  await rig.driver.start(rig.context(), ref);
  const done = await update(ref, { maxVcpus: 4, maxMemoryBytes: 512 * MiB, vcpus: 3, memoryBytes: 256 * MiB });
  expect(done.confirmed.vcpus).toBeLessThanOrEqual(2);
  expect((await rig.driver.inspect(ref)).pending).toEqual(
    expect.arrayContaining(['resources.maxVcpus', 'resources.vcpus', 'resources.memoryBytes']),
  );
  await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
  const now = { ...ref, spec: rig.record(ref).spec };
  await rig.driver.start(rig.context(), now);
  const seen = await rig.until(now, 'the confirmation', ({ confirmed }) => confirmed !== undefined);
  expect(seen.confirmed).toEqual({ vcpus: 3, memoryBytes: 256 * MiB });
  expect(seen.pending).toBeUndefined();
});

test('a guest that does not follow is told as lagging, with what it has', async () => {
  // Firmware only: nobody answers.
  const ref = await rig.create({
    resources: { vcpus: 1, maxVcpus: 2, memoryBytes: 256 * MiB, maxMemoryBytes: 512 * MiB },
  });
  await rig.driver.start(rig.context(), ref);
  const done = await update(ref, { memoryBytes: 128 * MiB });
  expect(done.lagging).toContain('256 MiB');
  expect(done.confirmed.memoryBytes).toBe(256 * MiB);
});

test('a stopped machine takes all, and a disk never shrinks', async () => {
  const ref = await rig.create({ settings: { disks: [{ sizeBytes: 8 * MiB }] } });
  expect(
    (await update(ref, { vcpus: 2, memoryBytes: 96 * MiB }, { disks: [{ sizeBytes: 16 * MiB }] })).confirmed,
  ).toMatchObject({
    vcpus: 2,
    memoryBytes: 96 * MiB,
  });
  expect(rig.record(ref).disks[0]?.virtualBytes).toBe(16 * MiB);
  await expect(update(ref, {}, { disks: [{ sizeBytes: 8 * MiB }] })).rejects.toMatchObject({
    code: 'unsupported',
    details: { field: 'settings.disks.0.sizeBytes' },
  });
});
