import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { MiB } from '../../../drivers/spec.ts';
import { type CuttingMonitor, cutMonitor } from '../../support/qemu/cutting-monitor.ts';
import { expectSound, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { snapshotsOf, take } from '../../support/qemu/two-disks.ts';

let rig: Rig;
let monitor: CuttingMonitor;
let ref: WorkloadRef;
beforeEach(async () => {
  rig = createRig();
  ref = await rig.create({ settings: { disks: [{ sizeBytes: 8 * MiB }, { sizeBytes: 8 * MiB }] } });
  await rig.driver.start(rig.context(), ref);
  monitor = await cutMonitor(rig.paths(ref).qmpSocket);
  await rig.restart();
  expect(await rig.driver.recover(ref.id, ref.spec, ref.handle)).toMatchObject({
    observation: { phase: 'running' },
  });
});
afterEach(async () => {
  await monitor.close();
  await rig.close();
});

/** What there is once all is tried and told: the machine runs, is sound, and works. */
async function expectWell(first: number): Promise<void> {
  await rig.until(ref, 'the machine', ({ phase }) => phase === 'running');
  expect((await readDisk(rig, ref, 'disk0'))[0]).toBe(first);
  await take(rig, ref, 'disk+memory');
  expect(rig.record(ref).intent).toBeNull();
  await expectSound(rig, ref);
  const memory = rig.record(ref).snapshots.flatMap(({ memoryFile }) => memoryFile ?? []);
  expect(readdirSync(rig.paths(ref).memory).sort()).toEqual(memory.sort());
}

test.each(['blockdev-add', 'stop', 'transaction', 'migrate'])(
  'fault 16: a monitor that is lost in place of the answer to "%s" of a snapshot: taken or undone, and the guest runs on',
  async (command) => {
    await writeBlock(rig, ref, 'disk0', 0, 7);
    const cut = monitor.cutAfter(command);
    const [taken] = await Promise.allSettled([take(rig, ref, 'disk+memory'), cut]);
    expect(rig.record(ref).snapshots).toHaveLength(taken.status === 'fulfilled' ? 1 : 0);
    await expectWell(7);
  },
);

test.each(['block-stream', 'block-commit', 'stop', 'job-complete', 'job-dismiss', 'cont'])(
  'fault 16: a monitor that is lost in place of the answer to "%s" of a removal: the content stays, and it is through with the next one',
  async (command) => {
    await writeBlock(rig, ref, 'disk0', 0, 5);
    const first = await take(rig, ref);
    await writeBlock(rig, ref, 'disk0', 1, 6);
    const second = await take(rig, ref);
    await writeBlock(rig, ref, 'disk0', 0, 7);
    const cut = monitor.cutAfter(command);
    // The lower of two is streamed into the upper one, the upper one is committed.
    const gone = command === 'block-stream' ? first : second;
    await Promise.allSettled([snapshotsOf(rig).remove(rig.context(), ref, gone.id), cut]);
    expect(rig.record(ref).snapshots.map(({ id }) => id)).toEqual([gone === first ? second.id : first.id]);
    await expectWell(7);
  },
);
