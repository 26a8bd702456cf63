import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import type { FailpointName } from '../../../drivers/failpoints.ts';
import { variablesPath } from '../../../drivers/qemu/machine/nvram.ts';
import { findProgram } from '../../../drivers/qemu/probe/binaries.ts';
import { findFirmware, firmwareFor } from '../../../drivers/qemu/probe/firmware.ts';
import { MiB } from '../../../drivers/spec.ts';
import { dieAt } from '../../support/qemu/die-at.ts';
import { expectSound, filesOf } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import type { SnapshotDeed } from '../../support/qemu/snapshot-life.ts';
import { readTerminal } from '../../support/qemu/terminal.ts';
import { goBack, snapshotsOf, take } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const qemu = findProgram('qemu-system-x86_64', process.env['PATH'] ?? '');
const found = qemu === null ? null : firmwareFor(findFirmware(qemu), 'x86_64', 'pc-q35-7.2');
const missing = found === null ? ' (needs UEFI firmware: package ovmf)' : '';

const pathOf = (ref: WorkloadRef): string => variablesPath({ paths: rig.paths(ref), record: rig.record(ref) });

/** The last byte of the variables: the firmware writes there only when it has no other place. */
function mark(ref: WorkloadRef, value: number): void {
  const fd = openSync(pathOf(ref), 'r+');
  writeSync(fd, Buffer.from([value]), 0, 1, statSync(pathOf(ref)).size - 1);
  closeSync(fd);
}
const markOf = (ref: WorkloadRef): number | undefined => readFileSync(pathOf(ref)).at(-1);

/** A machine that was started once, so that it has variables of its own, and is stopped again. */
async function startedOnce(): Promise<WorkloadRef> {
  const ref = await rig.create({ settings: { firmware: 'uefi', disks: [{ sizeBytes: 8 * MiB }], network: 'none' } });
  await rig.driver.start(rig.context(), ref);
  await stop(ref);
  return ref;
}

async function bootFirmware(ref: WorkloadRef): Promise<void> {
  await rig.driver.start(rig.context(), ref);
  const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
  await terminal.see('BdsDxe');
  terminal.close();
}

const stop = (ref: WorkloadRef): Promise<void> => rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });

test.skipIf(found === null)(
  `UEFI: a snapshot of the disks has the variables with it: back with a restore, given to clones, gone with it${missing}`,
  async () => {
    const ref = await rig.create({ settings: { firmware: 'uefi', disks: [{ sizeBytes: 8 * MiB }], network: 'none' } });
    const empty = await take(rig, ref);
    await bootFirmware(ref);
    const running = await take(rig, ref);
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    const then = readFileSync(pathOf(ref));
    await stop(ref);
    mark(ref, 1);
    const marked = await take(rig, ref);
    expect(marked.sizeBytes).toBeGreaterThan(then.length / 2);
    mark(ref, 2);
    const { kept } = await goBack(rig, ref, running.id);
    expect(readFileSync(pathOf(ref)).equals(then)).toBe(true);
    await expectSound(rig, ref);
    await bootFirmware(ref);
    await goBack(rig, ref, marked.id);
    expect(markOf(ref)).toBe(1);
    await goBack(rig, ref, kept?.id ?? '', false);
    expect(markOf(ref)).toBe(2);
    const id = randomUUID();
    const clone = { ...ref, id, name: 'copy', spec: { ...ref.spec, name: 'copy' } };
    clone.handle = await snapshotsOf(rig).clone(rig.context(), ref, marked.id, clone, { linked: false });
    expect(markOf(clone)).toBe(1);
    await rig.driver.remove(rig.context(), clone);
    // Before its first start it had none: the next start makes new ones.
    await goBack(rig, ref, empty.id);
    expect(existsSync(pathOf(ref))).toBe(false);
    await bootFirmware(ref);
    expect(markOf(ref)).not.toBe(2);
    const { deletes } = await snapshotsOf(rig).planRemoval(ref, marked.id);
    expect(deletes.filter((path) => path.endsWith(`${marked.id}.nvram`))).toHaveLength(1);
    await snapshotsOf(rig).remove(rig.context(), ref, marked.id);
    expect(filesOf(rig, ref)).not.toContain(`${marked.id}.nvram`);
    await expectSound(rig, ref);
  },
);

test.skipIf(found === null).each<[FailpointName, SnapshotDeed['deed'], boolean, 1 | 2]>([
  ['qemu.snapshot.overlays', 'createDisk', true, 2],
  ['qemu.restore.intent', 'restore', false, 2],
  ['qemu.restore.stopped', 'restore', true, 2],
  ['qemu.restore.recorded', 'restore', true, 1],
  ['qemu.removeSnapshot.intent', 'remove', false, 2],
  ['qemu.clone.disks', 'clone', false, 2],
])(
  `faults 7-8: UEFI: a host killed at %s of a %s: the variables go with the disks, and no file is left over${missing}`,
  async (point, deed, runs, expected) => {
    const ref = await startedOnce();
    mark(ref, 1);
    const first = await take(rig, ref);
    mark(ref, 2);
    if (runs) await rig.driver.start(rig.context(), ref);
    const { observation } = await dieAt(rig, ref, point, deed, deed === 'createDisk' ? randomUUID() : first.id);
    expect(observation.attention).toBeUndefined();
    expect(markOf(ref)).toBe(expected);
    await expectSound(rig, ref);
    if (deed !== 'remove') {
      await goBack(rig, ref, first.id);
      expect(markOf(ref)).toBe(1);
    }
  },
);
