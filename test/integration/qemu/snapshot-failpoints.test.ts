import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { type FailpointName, setFailpoint } from '../../../drivers/failpoints.ts';
import { dieAt } from '../../support/qemu/die-at.ts';
import { expectSound, readDisk, readSnapshot, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

/** A running machine with block 0 of both disks at 1 in its snapshot and at 2 now. */
async function prepare(kind: 'disk' | 'disk+memory'): Promise<{ ref: WorkloadRef; snapshotId: string }> {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  for (const disk of ['disk0', 'disk1']) {
    await writeBlock(rig, ref, disk, 0, 1);
  }
  const { id } = await take(rig, ref, kind);
  for (const disk of ['disk0', 'disk1']) {
    await writeBlock(rig, ref, disk, 0, 2);
  }
  return { ref, snapshotId: id };
}

async function expectDisks(ref: WorkloadRef, value: number): Promise<void> {
  for (const disk of ['disk0', 'disk1']) {
    expect(await readDisk(rig, ref, disk)).toEqual([value, 0, 0, 0]);
  }
}

const ids = async (ref: WorkloadRef): Promise<string[]> =>
  (await snapshotsOf(rig).list(ref)).snapshots.map(({ id }) => id);

describe('the host is killed', () => {
  test.each<[FailpointName, boolean]>([
    ['qemu.snapshot.intent', false],
    ['qemu.snapshot.overlays', false],
    ['qemu.snapshot.recorded', true],
  ])('in a snapshot at %s: the guest runs on, and the snapshot is there: %s', async (point, there) => {
    const { ref, snapshotId } = await prepare('disk');
    const id = randomUUID();
    const { observation } = await dieAt(rig, ref, point, 'create', id);
    expect(observation.attention).toBeUndefined();
    expect(observation.phase).toBe('running');
    expect(await ids(ref)).toEqual(there ? [snapshotId, id] : [snapshotId]);
    await expectSound(rig, ref);
    await expectDisks(ref, 2);
    // All works again, and what is asked for again is there once.
    await snapshotsOf(rig).create(rig.context(), ref, { id, name: 'again', kind: 'disk+memory' });
    expect(await ids(ref)).toEqual([snapshotId, id]);
    await goBack(rig, ref, id);
    await expectDisks(ref, 2);
    await expectSound(rig, ref);
  });

  test('in a snapshot while its memory is written: the guest runs on, and the snapshot is as if it had not been', async () => {
    const { ref, snapshotId } = await prepare('disk');
    const { observation } = await dieAt(rig, ref, 'qemu.snapshot.memory', 'create', randomUUID());
    expect(observation).toMatchObject({ phase: 'running' });
    expect(observation.attention).toBeUndefined();
    expect(await ids(ref)).toEqual([snapshotId]);
    await expectSound(rig, ref);
    await expectDisks(ref, 2);
  });

  test.each<[FailpointName, 'before' | 'saved']>([
    ['qemu.snapshot.memory', 'before'],
    ['qemu.snapshot.recorded', 'before'],
    ['qemu.restore.intent', 'before'],
    ['qemu.restore.stopped', 'before'],
    ['qemu.restore.recorded', 'saved'],
    ['qemu.start.spawned', 'saved'],
    ['qemu.start.connected', 'saved'],
  ])('in a restore at %s: the machine is as %s', async (point, outcome) => {
    const { ref, snapshotId } = await prepare('disk+memory');
    const { observation } = await dieAt(rig, ref, point, 'restore', snapshotId);
    expect(observation.attention).toBeUndefined();
    if (outcome === 'before' && point !== 'qemu.restore.stopped') {
      expect(observation.phase).toBe('running');
    } else {
      expect(observation.phase).toBe('saved');
      // The next start goes on from the memory of the restore's target, or of the automatic restore point.
      expect(rig.record(ref).resumeFrom).not.toBeNull();
      await rig.driver.start(rig.context(), ref);
      expect(rig.record(ref).resumeFrom).toBeNull();
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
    }
    await expectDisks(ref, outcome === 'before' ? 2 : 1);
    await expectSound(rig, ref);
    expect(await readSnapshot(rig, ref, snapshotId, 'disk0')).toEqual([1, 0, 0, 0]);
    await goBack(rig, ref, snapshotId);
    await expectDisks(ref, 1);
    await expectSound(rig, ref);
  });

  test.each<FailpointName>(['qemu.removeSnapshot.intent', 'qemu.removeSnapshot.merged'])(
    'in a removal at %s: the snapshot is gone, the disks are as before, and the rest is merged by itself',
    async (point) => {
      const { ref, snapshotId } = await prepare('disk+memory');
      const { observation } = await dieAt(rig, ref, point, 'remove', snapshotId);
      expect(observation.phase).toBe('running');
      expect(await ids(ref)).toEqual([]);
      await poll('the merge', () => (rig.record(ref).layers.length === 2 ? true : null));
      await expectSound(rig, ref);
      await expectDisks(ref, 2);
      const { id } = await take(rig, ref);
      await snapshotsOf(rig).remove(rig.context(), ref, id);
      expect(rig.record(ref).layers).toHaveLength(2);
      await expectSound(rig, ref);
      await expectDisks(ref, 2);
    },
  );

  test.each<FailpointName>(['qemu.clone.intent', 'qemu.clone.disks'])(
    'in a clone at %s: nothing of the clone is left, and the source is whole',
    async (point) => {
      const { ref, snapshotId } = await prepare('disk');
      const targetId = randomUUID();
      const { observation } = await dieAt(rig, ref, point, 'clone', snapshotId, targetId);
      expect(observation.phase).toBe('running');
      const target = await rig.driver.recover(targetId, { ...ref.spec, name: 'copy' }, null);
      expect(target).toMatchObject({ observation: { phase: 'lost' }, handle: null });
      // What was frozen for the clone alone is gone again.
      expect(await ids(ref)).toEqual([snapshotId]);
      await poll('the merge', () => (rig.record(ref).layers.length === 4 ? true : null));
      await expectSound(rig, ref);
      await expectDisks(ref, 2);
    },
  );
});

describe('a step that fails', () => {
  test.each<FailpointName>(['qemu.snapshot.intent', 'qemu.snapshot.overlays', 'qemu.snapshot.memory'])(
    'of a snapshot, at %s, is undone at once',
    async (point) => {
      const { ref, snapshotId } = await prepare('disk');
      setFailpoint(point, 'fail');
      try {
        await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({ code: 'internal' });
      } finally {
        setFailpoint(point, null);
      }
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
      expect(await ids(ref)).toEqual([snapshotId]);
      await expectSound(rig, ref);
      await expectDisks(ref, 2);
    },
  );

  test.each<FailpointName>(['qemu.restore.intent', 'qemu.restore.stopped', 'qemu.start.connected'])(
    'of a restore, at %s, leaves the machine where it was, running',
    async (point) => {
      const { ref, snapshotId } = await prepare('disk+memory');
      setFailpoint(point, 'fail');
      try {
        await expect(goBack(rig, ref, snapshotId)).rejects.toMatchObject({ code: 'internal' });
      } finally {
        setFailpoint(point, null);
      }
      if (rig.record(ref).resumeFrom !== null) {
        // The way back failed at the same point; the next start goes it.
        await rig.driver.start(rig.context(), ref);
      }
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
      await expectDisks(ref, 2);
      await expectSound(rig, ref);
    },
  );
});
