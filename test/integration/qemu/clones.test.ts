import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { setFailpoint } from '../../../drivers/failpoints.ts';
import { MiB } from '../../../drivers/spec.ts';
import { boot, listen, run } from '../../support/qemu/booted.ts';
import { expectSound } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { snapshotsOf } from '../../support/qemu/two-disks.ts';

let rig: Rig;
const clones: WorkloadRef[] = [];
beforeEach(() => {
  rig = createRig();
});
afterEach(async () => {
  setFailpoint('qemu.clone.disks', null);
  for (const clone of clones.splice(0)) {
    await rig.driver.remove(rig.context(), clone);
  }
  await rig.close();
});

async function clone(ref: WorkloadRef, snapshotId: string | null, linked: boolean): Promise<WorkloadRef> {
  const id = randomUUID();
  const spec = { ...ref.spec, name: `clone-${id.slice(0, 8)}` };
  const handle = await snapshotsOf(rig).clone(rig.context(), ref, snapshotId, { id, spec }, { linked });
  const made = { id, name: spec.name, spec, handle };
  clones.push(made);
  return made;
}

test('linked and full clones have the content; what a linked one needs stays until it goes', async () => {
  const { ref, terminal } = await boot(rig, { disks: [{ sizeBytes: 16 * MiB }] });
  // The guest's file system has no journal: what a clone of a running machine gets is as after a loss of power.
  await run(terminal, 'echo one > /data/f; sync');
  const linked = await clone(ref, null, true);
  const full = await clone(ref, null, false);
  await run(terminal, 'echo two > /data/f');
  expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
  for (const machine of [ref, linked, full]) {
    await expectSound(rig, machine);
  }
  for (const machine of [linked, full]) {
    await rig.driver.start(rig.context(), machine);
    const console = await listen(rig, machine);
    await console.see('demo:~# ');
    expect(await run(console, 'cat /data/f; echo three > /data/f')).toBe('one');
  }
  expect(await run(terminal, 'cat /data/f')).toBe('two');
  await expect(rig.driver.remove(rig.context(), ref)).rejects.toMatchObject({ code: 'conflict' });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  await rig.driver.remove(rig.context(), linked);
  await rig.driver.remove(rig.context(), ref);
  expect(existsSync(rig.paths(ref).directory)).toBe(false);
});

test('a clone that fails leaves neither machine nor snapshot', async () => {
  const ref = await rig.create({ settings: { disks: [{ sizeBytes: 8 * MiB }] } });
  setFailpoint('qemu.clone.disks', 'fail');
  await expect(clone(ref, null, true)).rejects.toThrow('failpoint');
  expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
  expect(rig.record(ref).layers).toHaveLength(1);
  await expectSound(rig, ref);
  setFailpoint('qemu.clone.disks', null);
  const made = await clone(ref, null, true);
  expect((await rig.driver.inspect(made)).phase).toBe('stopped');
});
