import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { type FailpointName, failpointNames, setFailpoint } from '../../../drivers/failpoints.ts';
import { layerPath } from '../../../drivers/qemu/plan/block.ts';
import { MiB } from '../../../drivers/spec.ts';
import { boot, listen, run } from '../../support/qemu/booted.ts';
import { expectSound } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/qemu/small-disk.ts';
import { snapshotsOf, take } from '../../support/qemu/two-disks.ts';

let rig: Rig;
let small: SmallDisk | null = null;
beforeEach(() => {
  rig = createRig();
});
afterEach(async () => {
  for (const name of failpointNames) {
    setFailpoint(name, null);
  }
  small?.free();
  const mounted = small;
  small = null;
  for (const id of readdirSync(rig.options.root, { withFileTypes: true })) {
    if (mounted !== null && id.isDirectory()) {
      const spec = { name: 'x' } as WorkloadRef['spec'];
      await rig.driver.remove(rig.context(), { id: id.name, name: 'x', spec, handle: { version: 1 } });
    }
  }
  mounted?.unmount();
  await rig.close();
});

const disk = { sizeBytes: 16 * MiB };

test('fault 22: a full disk under the image pauses the guest with what to do; it goes on when there is space', async (context) => {
  small = mountSmallDisk(rig.options.root, 96 * MiB);
  context.skip(small === null, 'this program may not mount a file system');
  const { ref, terminal } = await boot(rig, { disks: [disk, { sizeBytes: 64 * MiB }] });
  small?.fill(2 * MiB);
  await terminal.line('dd if=/dev/urandom of=/dev/vdb bs=64k count=256 conv=fsync; echo wrote$((1+1))');
  const paused = await rig.until(ref, 'the pause', (seen) => seen.phase === 'paused');
  expect(paused.attention).toMatch(/free/i);
  small?.free();
  await rig.driver.resume?.(rig.context(), ref);
  await terminal.see('wrote2');
  await expectSound(rig, ref);
});

test('fault 23: a disk that fills while the memory is written: the snapshot is undone and the machine runs on', async (context) => {
  small = mountSmallDisk(rig.options.root, 512 * MiB);
  context.skip(small === null, 'this program may not mount a file system');
  const { ref, terminal } = await boot(rig, { disks: [disk] });
  setFailpoint('qemu.snapshot.overlays', { delayMs: 1500 });
  const taking = take(rig, ref, 'disk+memory');
  // Both end, in whichever order.
  taking.catch(() => undefined);
  await rig.until(ref, 'the overlay', () => rig.record(ref).intent !== null);
  small?.fill(8 * MiB);
  await expect(taking).rejects.toMatchObject({ code: 'resource_exhausted' });
  setFailpoint('qemu.snapshot.overlays', null);
  small?.free();
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
  expect(await run(terminal, 'echo on > /data/f; cat /data/f')).toBe('on');
  await expectSound(rig, ref);
  await take(rig, ref, 'disk+memory');
  await expectSound(rig, ref);
});

test('fault 23: a memory snapshot for which there is no room is refused before anything is done', async (context) => {
  small = mountSmallDisk(rig.options.root, 256 * MiB);
  context.skip(small === null, 'this program may not mount a file system');
  const { ref } = await boot(rig, { disks: [disk] });
  small?.fill(20 * MiB);
  await expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({ code: 'resource_exhausted' });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  await expectSound(rig, ref);
  await take(rig, ref, 'disk');
});

test('fault 24: no room for a new layer: refused, and all works when there is space again', async (context) => {
  small = mountSmallDisk(rig.options.root, 32 * MiB);
  context.skip(small === null, 'this program may not mount a file system');
  const ref = await rig.create({ settings: { disks: [disk, disk] } });
  for (const freeBytes of [0, 100 * 1024, 300 * 1024]) {
    small?.free();
    small?.fill(freeBytes);
    await expect(take(rig, ref, 'disk')).rejects.toMatchObject({ code: 'resource_exhausted' });
  }
  small?.free();
  await take(rig, ref, 'disk');
  expect((await snapshotsOf(rig).list(ref)).snapshots).toHaveLength(1);
  await expectSound(rig, ref);
});

const moments: FailpointName[] = [
  'qemu.snapshot.intent',
  'qemu.snapshot.overlays',
  'qemu.snapshot.memory',
  'qemu.snapshot.recorded',
];
test.each(moments)(
  'fault 27: QEMU killed in a snapshot at %s: a sound tree, and the content is there',
  async (moment) => {
    const { ref, terminal } = await boot(rig, { disks: [disk, disk] });
    await run(terminal, 'echo kept > /data/f');
    setFailpoint(moment, { delayMs: 1000 });
    const id = randomUUID();
    const taking = snapshotsOf(rig)
      .create(rig.context(), ref, { id, name: 'one', kind: 'disk+memory' })
      .then(
        () => 'done',
        () => 'failed',
      );
    await rig.until(ref, 'the snapshot', () => rig.record(ref).intent !== null);
    const { pid = 0 } = await rig.driver.inspect(ref);
    if (moment !== 'qemu.snapshot.intent') {
      await rig.until(ref, 'the moment', () => passed(ref, moment, id));
    }
    process.kill(pid, 'SIGKILL');
    const outcome = await taking;
    setFailpoint(moment, null);
    await rig.until(ref, 'the end', (seen) => seen.phase === 'crashed');
    // What is half done is put right by the next operation at the latest.
    await take(rig, ref, 'disk');
    expect((await snapshotsOf(rig).list(ref)).snapshots).toHaveLength(outcome === 'done' ? 2 : 1);
    await expectSound(rig, ref);
    await rig.driver.start(rig.context(), ref);
    const now = await listen(rig, ref);
    await now.see('demo:~# ');
    expect(await run(now, 'cat /data/f')).toBe('kept');
  },
);

/** Whether the files on the disk show that a moment has come. */
function passed(ref: WorkloadRef, moment: FailpointName, id: string): boolean {
  const { disks, memory } = rig.paths(ref);
  const record = rig.record(ref);
  if (moment === 'qemu.snapshot.overlays') {
    return readdirSync(disks).length === 4;
  }
  if (moment === 'qemu.snapshot.memory') {
    return readdirSync(memory).length === 1;
  }
  return record.snapshots.some((snapshot) => snapshot.id === id) || record.intent === null;
}

test('fault 28: a second disk that is damaged: no disk is cut', async () => {
  const ref = await rig.create({ settings: { disks: [disk, disk] } });
  const record = rig.record(ref);
  const layer = record.layers.find((entry) => entry.id === record.disks[1]?.layerId);
  const path = layerPath(rig.paths(ref).disks, layer ?? expect.unreachable('no layer'));
  const fd = openSync(path, 'r+');
  writeSync(fd, 'broken', 0);
  closeSync(fd);
  await expect(take(rig, ref, 'disk')).rejects.toMatchObject({ code: 'conflict' });
  expect(rig.record(ref)).toMatchObject({ snapshots: [], intent: null, layers: record.layers });
  expect(readdirSync(rig.paths(ref).disks)).toHaveLength(2);
});

test('a saved memory that is damaged: going back fails, and the machine runs as before', async () => {
  const { ref, terminal } = await boot(rig, { disks: [disk] });
  await run(terminal, 'x=1');
  const one = await take(rig, ref, 'disk+memory');
  await run(terminal, 'x=2; echo new > /data/f');
  const file = `${rig.paths(ref).memory}/${one.id}.mem`;
  rmSync(file);
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', 'count=1'], { stdio: 'pipe' });
  await expect(
    snapshotsOf(rig).restore(rig.context(), ref, one.id, { keep: true, keepId: randomUUID() }),
  ).rejects.toMatchObject({ code: expect.any(String) });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect(await run(await listen(rig, ref), 'echo $x; cat /data/f')).toBe('2\nnew');
  await expectSound(rig, ref);
});
