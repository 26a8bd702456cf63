import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { MiB } from '../../../drivers/spec.ts';
import { expectSound, readBytes, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal, type Terminal } from '../../support/qemu/terminal.ts';
import { goBack, snapshotsOf, take, twoDisks } from '../../support/qemu/two-disks.ts';
import { poll } from '../../support/qemu/wait.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const terminal = async (ref: WorkloadRef): Promise<Terminal> =>
  readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));

/**
 * Counts in memory and on both disks past all caches. Each turn compares what a disk holds with what memory says: a snapshot whose
 * parts are not of one instant shows as TORN when it goes on.
 */
const counter = [
  'n=0; while :; do for d in vda vdb; do',
  "o=$(dd if=/dev/$d bs=512 count=1 iflag=direct 2>/dev/null | tr -d '\\0');",
  '[ $n = 0 ] || [ "$o" = "c$n" ] || echo TO""RN $d: $o is not c$n; done; n=$((n+1));',
  'for d in vda vdb; do printf c$n | dd of=/dev/$d bs=512 count=1 conv=sync,notrunc oflag=direct 2>/dev/null; done;',
  'echo "turn=$n."; done',
].join(' ');

/** The turns that a console has shown, in order. */
function turns(text: string): number[] {
  return [...text.matchAll(/turn=(\d+)\./g)].map(([, turn]) => Number(turn));
}

async function seeTurn(console: Terminal, least: number): Promise<number> {
  return await poll(`turn ${least}`, () => {
    const last = turns(console.text()).at(-1) ?? 0;
    return last >= least ? last : null;
  });
}

async function firstSector(ref: WorkloadRef, diskId: string, snapshotId: string): Promise<string> {
  const layer = rig.record(ref).snapshots.find(({ id }) => id === snapshotId)?.layers[diskId] ?? '';
  return (await readBytes(rig, ref, layer, 512)).toString('latin1').replaceAll('\0', '');
}

test('two disks and the memory are cut at one instant, and a restore goes on counting where the snapshot was', async () => {
  const disks = [{ sizeBytes: 8 * MiB }, { sizeBytes: 8 * MiB }];
  const ref = await rig.create(await guestSpec({ disks, network: 'none' }));
  await rig.driver.start(rig.context(), ref);
  const first = await terminal(ref);
  await first.see('demo:~# ');
  await first.line('umount /data; dmesg -n 1');
  await first.line(counter);
  await seeTurn(first, 5);
  const estimate = await snapshotsOf(rig).estimate(ref);
  expect(estimate.kinds.find(({ kind }) => kind === 'disk+memory')).toMatchObject({ available: true });
  const before = await seeTurn(first, 6);
  const snapshot = await take(rig, ref, 'disk+memory');
  const after = turns(first.text()).at(-1) ?? 0;
  expect(snapshot).toMatchObject({ kind: 'disk+memory', parentId: null });
  expect(snapshot.memoryBytes).toBeGreaterThan(1 * MiB);
  expect(snapshot.consoleTail).toContain('turn=');
  const [one, two] = [await firstSector(ref, 'disk0', snapshot.id), await firstSector(ref, 'disk1', snapshot.id)];
  const at = Number(one.slice(1));
  expect(at).toBeGreaterThanOrEqual(before);
  // The second disk is written to right after the first.
  expect([`c${at}`, `c${at - 1}`]).toContain(two);
  // It ran on.
  const reached = await seeTurn(first, Math.max(at, after) + 4);
  const { kept } = await goBack(rig, ref, snapshot.id);
  expect(first.text()).not.toContain('TORN');
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  const second = await terminal(ref);
  await seeTurn(second, at + 4);
  const seen = turns(second.text());
  expect(seen[0]).toBeGreaterThanOrEqual(at);
  expect(seen[0]).toBeLessThanOrEqual(at + 1);
  expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
  expect(second.text()).not.toContain('TORN');
  // And forth again, to the moment of the restore.
  expect(kept).toMatchObject({ kind: 'disk+memory', automatic: true, parentId: snapshot.id });
  await goBack(rig, ref, kept?.id ?? '', false);
  const third = await terminal(ref);
  await seeTurn(third, reached + 3);
  expect(turns(third.text())[0]).toBeGreaterThanOrEqual(reached);
  expect(third.text()).not.toContain('TORN');
  await expectSound(rig, ref);
});

test('a machine without disks: its memory is the snapshot, and the shell goes on in it', async () => {
  const ref = await rig.create(await guestSpec({ network: 'none' }));
  await rig.driver.start(rig.context(), ref);
  const first = await terminal(ref);
  await first.see('demo:~# ');
  await first.line('x=forty-two; echo "is $x"');
  await first.see('is forty-two');
  const snapshot = await take(rig, ref, 'disk+memory');
  expect(snapshot).toMatchObject({ kind: 'memory', consoleTail: expect.stringContaining('is forty-two') });
  await first.line('x=gone; echo "is $x"');
  await first.see('is gone');
  await goBack(rig, ref, snapshot.id, false);
  const second = await terminal(ref);
  await second.line('echo "is $x"');
  await second.see('is forty-two');
  await expectSound(rig, ref);
});

test('a paused machine stays paused while its memory is saved, runs on afterwards, and its disks can be cut again', async () => {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  await rig.driver.pause?.(rig.context(), ref);
  const snapshot = await take(rig, ref, 'disk+memory');
  expect((await rig.driver.inspect(ref)).phase).toBe('paused');
  await writeBlock(rig, ref, 'disk0', 0, 2);
  await take(rig, ref, 'disk');
  await rig.driver.resume?.(rig.context(), ref);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  await goBack(rig, ref, snapshot.id);
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  await expectSound(rig, ref);
});

test('a running machine goes back to a snapshot of its disks: it is stopped, and starts from them', async () => {
  const ref = await rig.create(twoDisks);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  const snapshot = await take(rig, ref);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 2);
  const { kept } = await goBack(rig, ref, snapshot.id);
  expect(kept?.kind).toBe('disk+memory');
  expect((await rig.driver.inspect(ref)).phase).toBe('stopped');
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  await rig.driver.start(rig.context(), ref);
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  await goBack(rig, ref, kept?.id ?? '');
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect(await readDisk(rig, ref, 'disk0')).toEqual([2, 0, 0, 0]);
  await expectSound(rig, ref);
});

test('a save of the memory that is cancelled leaves the guest running and nothing else', async () => {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  await writeBlock(rig, ref, 'disk0', 0, 1);
  const controller = new AbortController();
  controller.abort();
  await expect(take(rig, ref, 'disk+memory', controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect((await rig.driver.inspect(ref)).phase).toBe('running');
  expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
  expect(await readDisk(rig, ref, 'disk0')).toEqual([1, 0, 0, 0]);
  await expectSound(rig, ref);
  expect(await take(rig, ref, 'disk+memory')).toMatchObject({ kind: 'disk+memory' });
});
