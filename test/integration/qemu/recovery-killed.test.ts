import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FailpointName } from '../../../drivers/failpoints.ts';
import { dieAt, killAt } from '../../support/qemu/die-at.ts';
import { expectSound, readDisk, readSnapshot, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import type { SnapshotDeed } from '../../support/qemu/snapshot-life.ts';
import { goBack, snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const settled = 'qemu.recover.settled';
const recorded = 'qemu.recover.recorded';

test.each<[FailpointName, SnapshotDeed['deed'], FailpointName, 'running' | 'saved']>([
  ['qemu.snapshot.overlays', 'create', settled, 'running'],
  ['qemu.snapshot.overlays', 'create', recorded, 'running'],
  ['qemu.snapshot.memory', 'create', settled, 'running'],
  ['qemu.snapshot.memory', 'create', recorded, 'running'],
  ['qemu.restore.intent', 'restore', settled, 'running'],
  ['qemu.restore.intent', 'restore', recorded, 'running'],
  ['qemu.restore.stopped', 'restore', settled, 'saved'],
  ['qemu.restore.stopped', 'restore', recorded, 'saved'],
  ['qemu.start.spawned', 'restore', settled, 'saved'],
  ['qemu.removeSnapshot.intent', 'remove', recorded, 'running'],
  ['qemu.clone.disks', 'clone', settled, 'running'],
  ['qemu.clone.disks', 'clone', recorded, 'running'],
])(
  'faults 7-8: a host killed at %s of a %s, and the next one in its recovery at %s: the machine is whole and %s',
  async (first, deed, second, phase) => {
    const ref = await rig.create(twoDisks);
    await rig.driver.start(rig.context(), ref);
    await writeBlock(rig, ref, 'disk0', 0, 1);
    const kept = await take(rig, ref, 'disk+memory');
    await writeBlock(rig, ref, 'disk0', 0, 2);
    const targetId = randomUUID();
    await killAt(rig, ref, first, deed, deed === 'create' ? randomUUID() : kept.id, targetId);
    await killAt(rig, ref, second, 'recover', '');
    const { observation } = await dieAfterSettled(second, ref);
    expect(observation.attention).toBeUndefined();
    expect(observation.phase).toBe(phase);
    await rig.driver.recover(targetId, { ...ref.spec, name: 'copy' }, null);
    await poll('nothing half done', () => (rig.record(ref).intent === null ? true : null));
    if (phase === 'saved') {
      await rig.driver.start(rig.context(), ref);
      expect((await rig.driver.inspect(ref)).phase).toBe('running');
    }
    const loaded = first === 'qemu.start.spawned';
    // The tidier may be merging what was frozen: a file that is read goes away then.
    expect(await poll('the disk', () => readDisk(rig, ref, 'disk0'))).toEqual([loaded ? 1 : 2, 0, 0, 0]);
    if (deed !== 'remove') {
      expect(await poll('the snapshot', () => readSnapshot(rig, ref, kept.id, 'disk0'))).toEqual([1, 0, 0, 0]);
      await goBack(rig, ref, kept.id);
      expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
    }
    expect((await snapshotsOf(rig).list(ref)).snapshots.filter((each) => !each.automatic)).toHaveLength(
      deed === 'remove' ? 0 : 1,
    );
    await expectSound(rig, ref);
  },
);

/** Where the record does not say yet that it is over, a further host is cut off at the same place before one gets through. */
async function dieAfterSettled(point: FailpointName, ref: Parameters<typeof dieAt>[1]): ReturnType<typeof dieAt> {
  return point === settled
    ? await dieAt(rig, ref, point, 'recover', '')
    : await rig.driver.recover(ref.id, ref.spec, ref.handle);
}
