import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { setFailpoint } from '../../../drivers/failpoints.ts';
import { expectSound, filesOf, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const ids = async (ref: WorkloadRef): Promise<string[]> =>
  (await snapshotsOf(rig).list(ref)).snapshots.map(({ id }) => id);

async function running(): Promise<WorkloadRef> {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  await writeBlock(rig, ref, 'disk1', 0, 1);
  return ref;
}

test.each([false, true])(
  'fault 28: the second disk is no disk any more (running: %s): no disk is cut',
  async (runs) => {
    const ref = await running();
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    const layers = rig.record(ref).layers.map(({ file }) => file);
    if (runs) {
      await rig.driver.start(rig.context(), ref);
    }
    const path = join(rig.paths(ref).disks, layers[1] ?? '');
    const { stdout: whole } = await execa('head', ['-c', '512', path], { encoding: 'buffer' });
    await execa('dd', ['if=/dev/zero', `of=${path}`, 'bs=512', 'count=1', 'conv=notrunc']);
    await expect(take(rig, ref)).rejects.toMatchObject({ name: 'NovaError', message: expect.stringContaining(path) });
    expect(await ids(ref)).toEqual([]);
    expect(rig.record(ref).layers.map(({ file }) => file)).toEqual(layers);
    await execa('dd', [`of=${path}`, 'bs=512', 'count=1', 'conv=notrunc'], { input: whole });
    expect((await rig.driver.inspect(ref)).phase).toBe(runs ? 'running' : 'stopped');
    await expectSound(rig, ref);
    expect((await take(rig, ref)).kind).toBe('disk');
  },
);

describe.skipIf(process.getuid?.() !== 0)('a full disk (skipped without root: it mounts a small file system)', () => {
  let mount = '';
  beforeEach(async () => {
    await rig.close();
    mount = mkdtempSync(join(tmpdir(), 'nq-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=0700', 'tmpfs', mount]);
    rig = createRig({ root: mount });
  });
  afterEach(async () => {
    rmSync(ballast(), { force: true });
    await rig.close();
    execFileSync('umount', ['-l', mount]);
    rmSync(mount, { recursive: true });
    rig = createRig();
  });
  const ballast = (): string => join(mount, 'ballast');
  const freeBytes = (): number => statfsSync(mount).bavail * statfsSync(mount).bsize;
  const fill = (leave: number): void => writeFileSync(ballast(), Buffer.alloc(Math.max(0, freeBytes() - leave)));

  test('fault 23: in the memory of a snapshot: it fails plainly, nothing is left, and the guest runs on', async () => {
    const ref = await running();
    // The room is looked at before; it goes while the new layers are made.
    setFailpoint('qemu.snapshot.overlays', { delayMs: 1500 });
    try {
      const outcome = expect(take(rig, ref, 'disk+memory')).rejects.toMatchObject({
        code: 'resource_exhausted',
        message: expect.stringContaining('Free space'),
      });
      await poll('the new layers', () => (filesOf(rig, ref).length === 4 ? true : null));
      fill(512 * 1024);
      await outcome;
    } finally {
      setFailpoint('qemu.snapshot.overlays', null);
    }
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    expect(await ids(ref)).toEqual([]);
    await expectSound(rig, ref);
    rmSync(ballast());
    expect((await take(rig, ref, 'disk+memory')).memoryBytes).toBeGreaterThan(0);
  });

  test('fault 24: in a new layer: no disk is cut, nothing is left, and the guest runs on', async () => {
    const ref = await running();
    fill(24 * 1024);
    await expect(take(rig, ref)).rejects.toMatchObject({
      name: 'NovaError',
      message: expect.stringMatching(/full|written/),
    });
    rmSync(ballast());
    await rig.driver.recover(ref.id, ref.spec, ref.handle);
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    expect(await ids(ref)).toEqual([]);
    await expectSound(rig, ref);
    const { id } = await take(rig, ref);
    await writeBlock(rig, ref, 'disk0', 0, 2);
    await goBack(rig, ref, id, false);
    expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  });
});
