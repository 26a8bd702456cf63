import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { variablesPath } from '../../../drivers/qemu/machine/nvram.ts';
import { findProgram } from '../../../drivers/qemu/probe/binaries.ts';
import { findFirmware, firmwareFor } from '../../../drivers/qemu/probe/firmware.ts';
import { MiB } from '../../../drivers/spec.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { readTerminal } from '../../support/qemu/terminal.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const qemu = findProgram('qemu-system-x86_64', process.env['PATH'] ?? '');
const found = qemu === null ? null : firmwareFor(findFirmware(qemu), 'x86_64', 'pc-q35-7.2');
const missing = found === null ? ' (needs UEFI firmware: package ovmf)' : '';

test.skipIf(found === null)(
  `UEFI: the firmware boots, keeps its variables over boots, in a snapshot with memory and in a clone${missing}`,
  async () => {
    const ref = await rig.create({ settings: { firmware: 'uefi', disks: [{ sizeBytes: 8 * MiB }] } });
    const template = readFileSync(found?.variables ?? '');
    await rig.driver.start(rig.context(), ref);
    const terminal = readTerminal(await rig.driver.openConsole(ref, 'serial0', {}));
    await terminal.see('BdsDxe');
    const { nvram } = rig.paths(ref);
    expect(readFileSync(nvram).equals(template)).toBe(false);
    expect(statSync(dirname(nvram)).mode & 0o077).toBe(0);
    const { snapshots } = rig.driver;
    await snapshots?.create(rig.context(), ref, { id: 'first', name: 'first', kind: 'disk+memory' });
    await snapshots?.restore(rig.context(), ref, 'first', { keep: false, keepId: 'kept' });
    expect((await rig.driver.inspect(ref)).phase).toBe('running');
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    const live = variablesPath({ paths: rig.paths(ref), record: rig.record(ref) });
    const kept = readFileSync(live);
    await rig.driver.start(rig.context(), ref);
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    expect(readFileSync(live)).toHaveLength(kept.length);
    expect(readFileSync(live).equals(template)).toBe(false);
    const id = randomUUID();
    const spec = { ...ref.spec, name: 'copy' };
    await snapshots?.clone(rig.context(), ref, null, { id, spec }, { linked: false });
    expect(readFileSync(nvram.replace(ref.id, id)).equals(readFileSync(live))).toBe(true);
  },
);
