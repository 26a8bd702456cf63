import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { expectSound, filesOf, readDisk, readSnapshot, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const start = (ref: WorkloadRef) => rig.driver.start(rig.context(), ref);
const force = (ref: WorkloadRef) => rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });

describe.each([false, true])('running: %s', (running) => {
  test('three snapshots: each is removed in turn, and the others and the disks keep their content', async () => {
    const ref = await rig.create(twoDisks);
    if (running) {
      await start(ref);
    }
    const ids: string[] = [];
    for (const value of [1, 2, 3]) {
      for (const disk of ['disk0', 'disk1']) {
        await writeBlock(rig, ref, disk, 0, value);
        await writeBlock(rig, ref, disk, value, value);
      }
      ids.push((await take(rig, ref)).id);
    }
    await writeBlock(rig, ref, 'disk0', 0, 9);
    const content: Record<string, number[]> = {
      [ids[0] ?? '']: [1, 1, 0, 0],
      [ids[1] ?? '']: [2, 1, 2, 0],
      [ids[2] ?? '']: [3, 1, 2, 3],
    };
    const check = async (): Promise<void> => {
      await expectSound(rig, ref);
      const tree = await snapshotsOf(rig).list(ref);
      for (const { id } of tree.snapshots) {
        expect(await readSnapshot(rig, ref, id, 'disk0')).toEqual(content[id]);
        expect(await readSnapshot(rig, ref, id, 'disk1')).toEqual(content[id]);
      }
      expect(await readDisk(rig, ref, 'disk0')).toEqual([9, 1, 2, 3]);
      expect(await readDisk(rig, ref, 'disk1')).toEqual([3, 1, 2, 3]);
    };
    await check();
    expect(filesOf(rig, ref)).toHaveLength(8);
    // From the middle, then the root, then the last.
    for (const [index, id] of [ids[1], ids[0], ids[2]].entries()) {
      const plan = await snapshotsOf(rig).planRemoval(ref, id ?? '');
      expect(plan.refused).toBeUndefined();
      expect(plan.merges).toHaveLength(2);
      await snapshotsOf(rig).remove(rig.context(), ref, id ?? '');
      await snapshotsOf(rig).remove(rig.context(), ref, id ?? '');
      expect(filesOf(rig, ref)).toHaveLength(6 - index * 2);
      await check();
    }
    expect(await snapshotsOf(rig).list(ref)).toEqual({ snapshots: [], currentId: null });
    expect((await rig.driver.inspect(ref)).phase).toBe(running ? 'running' : 'stopped');
    if (running) {
      await force(ref);
      await start(ref);
      expect(await readDisk(rig, ref, 'disk0')).toEqual([9, 1, 2, 3]);
    }
  });
});

test('going back and forth: each restore keeps the present as an automatic snapshot', async () => {
  const ref = await rig.create(twoDisks);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  const first = await take(rig, ref);
  await writeBlock(rig, ref, 'disk0', 0, 2);
  const { kept } = await goBack(rig, ref, first.id);
  expect(kept).toMatchObject({ automatic: true, parentId: first.id });
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  await goBack(rig, ref, kept?.id ?? '', false);
  expect(await readDisk(rig, ref, 'disk0')).toEqual([2, 0, 0, 0]);
  const rounds = 3;
  for (let round = 0; round < rounds; round += 1) {
    await writeBlock(rig, ref, 'disk1', 1, round + 10);
    await goBack(rig, ref, first.id);
  }
  await expectSound(rig, ref);
  const { snapshots, currentId } = await snapshotsOf(rig).list(ref);
  const automatic = snapshots.filter((snapshot) => snapshot.automatic);
  expect(automatic).toHaveLength(rounds + 1);
  expect(currentId).toBe(first.id);
  expect(await readDisk(rig, ref, 'disk1')).toEqual([0, 0, 0, 0]);
  // The last of them holds what was there right before.
  const last = automatic.toSorted((one, other) => one.createdAtMs - other.createdAtMs).at(-1);
  expect(await readSnapshot(rig, ref, last?.id ?? '', 'disk1')).toEqual([0, rounds + 9, 0, 0]);
});

test('the same id twice is one snapshot; name and notes can be changed; what is not there is told', async () => {
  const ref = await rig.create(twoDisks);
  const id = randomUUID();
  const options = { id, name: 'one', notes: 'why', kind: 'disk' } as const;
  const one = await snapshotsOf(rig).create(rig.context(), ref, options);
  expect(await snapshotsOf(rig).create(rig.context(), ref, options)).toEqual(one);
  expect(one).toMatchObject({ name: 'one', notes: 'why', kind: 'disk', parentId: null, automatic: false });
  expect(await snapshotsOf(rig).update(ref, id, { name: 'two' })).toMatchObject({ name: 'two', notes: 'why' });
  expect((await snapshotsOf(rig).list(ref)).snapshots).toHaveLength(1);
  await expect(goBack(rig, ref, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  await expect(snapshotsOf(rig).planRemoval(ref, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({ code: 'wrong_state' });
  await expectSound(rig, ref);
});

describe('clones', () => {
  const clone = async (ref: WorkloadRef, snapshotId: string | null, linked: boolean): Promise<WorkloadRef> => {
    const target = { id: randomUUID(), spec: { ...ref.spec, name: `clone-${randomUUID().slice(0, 8)}` } };
    const handle = await snapshotsOf(rig).clone(rig.context(), ref, snapshotId, target, { linked });
    return { id: target.id, name: target.spec.name, spec: target.spec, handle };
  };

  test('a linked clone of a running machine goes its own way, and its source keeps what it stands on', async () => {
    const ref = await rig.create(twoDisks);
    await start(ref);
    await writeBlock(rig, ref, 'disk0', 0, 1);
    const { id } = await take(rig, ref);
    await writeBlock(rig, ref, 'disk0', 0, 2);
    const copy = await clone(ref, id, true);
    try {
      expect((await rig.driver.inspect(copy)).phase).toBe('stopped');
      await start(copy);
      await writeBlock(rig, copy, 'disk0', 1, 3);
      expect(await readDisk(rig, copy, 'disk0')).toEqual([1, 3, 0, 0]);
      expect(await readDisk(rig, ref, 'disk0')).toEqual([2, 0, 0, 0]);
      await snapshotsOf(rig).remove(rig.context(), ref, id);
      expect(await readDisk(rig, copy, 'disk0')).toEqual([1, 3, 0, 0]);
      expect(await readDisk(rig, ref, 'disk0')).toEqual([2, 0, 0, 0]);
      await expectSound(rig, ref);
      await expectSound(rig, copy);
      await expect(rig.driver.remove(rig.context(), ref)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(copy.name),
      });
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
    } finally {
      await rig.driver.remove(rig.context(), copy);
    }
    // The last user went: the source is free to merge.
    const next = await take(rig, ref);
    await snapshotsOf(rig).remove(rig.context(), ref, next.id);
    expect(filesOf(rig, ref)).toHaveLength(2);
    expect(await readDisk(rig, ref, 'disk0')).toEqual([2, 0, 0, 0]);
    await expectSound(rig, ref);
  });

  test.each([false, true])(
    'a full clone of the present (running: %s) shares nothing and leaves no snapshot',
    async (running) => {
      const ref = await rig.create(twoDisks);
      if (running) {
        await start(ref);
      }
      await writeBlock(rig, ref, 'disk0', 0, 1);
      await writeBlock(rig, ref, 'disk1', 1, 2);
      const copy = await clone(ref, null, false);
      try {
        expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
        await expectSound(rig, ref);
        await rig.driver.remove(rig.context(), ref);
        expect(await readDisk(rig, copy, 'disk0')).toEqual([1, 0, 0, 0]);
        expect(await readDisk(rig, copy, 'disk1')).toEqual([0, 2, 0, 0]);
        await start(copy);
        await expectSound(rig, copy);
      } finally {
        await rig.driver.remove(rig.context(), copy);
      }
    },
  );

  test('a clone that is cancelled leaves nothing', async () => {
    const ref = await rig.create(twoDisks);
    const controller = new AbortController();
    controller.abort();
    const target = { id: randomUUID(), spec: { ...ref.spec, name: 'never' } };
    await expect(
      snapshotsOf(rig).clone(rig.context(controller.signal), ref, null, target, { linked: false }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect((await rig.driver.inspect({ ...ref, id: target.id })).phase).toBe('lost');
    expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
    await expectSound(rig, ref);
  });
});
