import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { breakDisk, EIO } from '../../support/qemu/broken-disk.ts';
import { expectSound, onMonitor, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

async function running(): Promise<WorkloadRef> {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  await writeBlock(rig, ref, 'disk1', 0, 1);
  return ref;
}

test('fault 21: a device that forbids to save the memory is named before it is tried; the disks can be snapshotted', async () => {
  const ref = await running();
  const folder = mkdtempSync(join(tmpdir(), 'nq-fat-'));
  try {
    await onMonitor(rig, ref, (client) =>
      client.execute('blockdev-add', { driver: 'vvfat', 'node-name': 'shared-folder', dir: folder, rw: true }),
    );
    const { kinds } = await snapshotsOf(rig).estimate(ref);
    expect(kinds.find(({ kind }) => kind === 'disk+memory')).toMatchObject({
      available: false,
      reason: expect.stringContaining('shared-folder'),
    });
    await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('shared-folder'),
    });
    expect(rig.record(ref).intent).toBeNull();
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    expect((await take(rig, ref, 'disk')).kind).toBe('disk');
    await expectSound(rig, ref);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('fault 21: a device that cannot move, plugged in by somebody else, is named before it is tried, and all works when it is gone', async () => {
  const ref = await running();
  await onMonitor(rig, ref, async (client) => {
    await client.execute('blockdev-add', { driver: 'null-co', 'node-name': 'nothing', 'read-zeroes': true });
    await client.execute('device_add', {
      driver: 'nvme',
      id: 'stuck0',
      bus: 'port0',
      drive: 'nothing',
      serial: 'stuck',
    });
  });
  const { kinds } = await snapshotsOf(rig).estimate(ref);
  expect(kinds.find(({ kind }) => kind === 'disk')).toMatchObject({ available: true });
  expect(kinds.find(({ kind }) => kind === 'disk+memory')).toMatchObject({
    available: false,
    reason: expect.stringMatching(/cannot be saved.*nvme/),
  });
  await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/nvme.*disks only/),
    details: { blockers: [expect.stringContaining('nvme')] },
  });
  expect(rig.record(ref)).toMatchObject({ intent: null, snapshots: [] });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  // The next run has nothing of it.
  await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
  await rig.driver.start(rig.context(), ref);
  expect((await take(rig, ref, 'disk+memory')).memoryBytes).toBeGreaterThan(0);
  await expectSound(rig, ref);
});

test('fault 26: a disk that fails while a snapshot is taken: no disk is cut, and nothing is told as done', async () => {
  const ref = await running();
  await breakDisk(rig, ref, 'disk1', { iotype: 'flush', errno: EIO });
  // What was written is not on the disk: its flush fails.
  await writeBlock(rig, ref, 'disk1', 0, 1);
  await expect(take(rig, ref, 'disk')).rejects.toMatchObject({ name: 'NovaError' });
  await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({ name: 'NovaError' });
  expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
  expect(rig.record(ref).layers).toHaveLength(2);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  // A new QEMU has the file as it is.
  await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
  await rig.driver.start(rig.context(), ref);
  await expectSound(rig, ref);
  expect(await readDisk(rig, ref, 'disk1')).toEqual([1, 0, 0, 0]);
  expect((await take(rig, ref)).kind).toBe('disk');
});
