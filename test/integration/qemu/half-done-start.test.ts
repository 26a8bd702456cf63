import { randomUUID } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dieAt, killAt } from '../../support/qemu/die-at.ts';
import { expectSound, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

test('fault 8: a machine that is forced off and started with a snapshot half done: what its guest wrote since is there', async () => {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  // The disks were cut already; nobody has put it right, as when QEMU hung while that was tried.
  await killAt(rig, ref, 'qemu.snapshot.memory', 'create', randomUUID());
  expect(rig.record(ref).intent).toMatchObject({ kind: 'snapshot', stage: 'cut' });
  await writeBlock(rig, ref, 'disk0', 1, 2);
  await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
  await rig.driver.start(rig.context(), ref);
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 2, 0, 0]);
  await expectSound(rig, ref);
  const { id } = await take(rig, ref, 'disk+memory');
  expect((await snapshotsOf(rig).list(ref)).currentId).toBe(id);
});

test.each(['resume', 'reset', 'stop'] as const)(
  'fault 8: %s of a machine that stands for a restore that was cut off: the memory from before is not loaded over newer disks',
  async (verb) => {
    const ref = await rig.create(twoDisks);
    await rig.driver.start(rig.context(), ref);
    const { id } = await take(rig, ref, 'disk');
    await killAt(rig, ref, 'qemu.restore.intent', 'restore', id);
    expect(rig.record(ref).intent).toMatchObject({ kind: 'restore', stage: 'prepare' });
    expect((await rig.driver.inspect(ref)).phase).toBe('paused');
    // The firmware that stands for a guest hears no power button.
    if (verb === 'stop') {
      const asked = rig.driver.stop(rig.context(), ref, { graceMs: 1000, force: false });
      await expect(asked).rejects.toMatchObject({ code: 'timeout' });
    } else {
      await rig.driver[verb]?.(rig.context(), ref);
    }
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    await writeBlock(rig, ref, 'disk0', 0, 3);
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    await rig.driver.start(rig.context(), ref);
    expect(rig.record(ref).run?.argv).not.toContain('-incoming');
    expect(await readDisk(rig, ref, 'disk0')).toEqual([3, 0, 0, 0]);
    await expectSound(rig, ref);
  },
);

test('a saved memory that cannot be loaded: the start says so and how to go on; forced off, the machine boots from its disks', async () => {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  const { id } = await take(rig, ref, 'disk+memory');
  const force = { graceMs: 0, force: true };
  await rig.driver.stop(rig.context(), ref, force);
  const { observation } = await dieAt(rig, ref, 'qemu.restore.recorded', 'restore', id);
  expect(observation.phase).toBe('saved');
  truncateSync(join(rig.paths(ref).memory, `${id}.mem`), 4096);
  await expect(rig.driver.start(rig.context(), ref)).rejects.toThrow(/force it off: then it boots from its disks/);
  expect((await rig.driver.inspect(ref)).phase).toBe('saved');
  // An orderly stop has nothing to do, and takes nothing away.
  await rig.driver.stop(rig.context(), ref, { graceMs: 1000, force: true });
  expect((await rig.driver.inspect(ref)).phase).toBe('saved');
  await rig.driver.stop(rig.context(), ref, force);
  expect(await rig.driver.inspect(ref)).toMatchObject({
    phase: 'stopped',
    reason: 'Forced off its saved memory: the next start boots from its disks.',
  });
  await rig.driver.start(rig.context(), ref);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  expect((await snapshotsOf(rig).list(ref)).snapshots.map((each) => each.id)).toContain(id);
  await expectSound(rig, ref);
});
