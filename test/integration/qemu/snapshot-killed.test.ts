import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MiB } from '../../../drivers/spec.ts';
import { boot, listen, run } from '../../support/qemu/booted.ts';
import { dieAt } from '../../support/qemu/die-at.ts';
import { expectSound, filesOf } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, snapshotsOf, take } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

/** Kills of one guest; a QEMU whose stream breaks while it saves in the background hangs for ever. */
const kills = 2;

test('fault 27: hosts killed in mid save of a guest that writes to its memory: it runs on each time, nothing of the snapshot is left', async () => {
  const { ref } = await boot(rig, { disks: [{ sizeBytes: 8 * MiB }] });
  const first = await listen(rig, ref);
  await first.line('while true; do dd if=/dev/urandom of=/tmp/x bs=1M count=24; done >/dev/null 2>&1 &');
  await run(first, 'true');
  for (let round = 0; round < kills; round += 1) {
    const { observation } = await dieAt(rig, ref, 'qemu.snapshot.memory', 'create', randomUUID());
    expect(observation).toMatchObject({ phase: 'running' });
    expect(observation.attention).toBeUndefined();
    expect((await snapshotsOf(rig).list(ref)).snapshots).toEqual([]);
    const terminal = await listen(rig, ref);
    expect(await run(terminal, 'echo alive')).toBe('alive');
    terminal.close();
    await expectSound(rig, ref);
  }
  const { id } = await take(rig, ref, 'disk+memory');
  await goBack(rig, ref, id, false);
  expect(await run(await listen(rig, ref), 'echo back')).toBe('back');
  expect(filesOf(rig, ref).filter((name) => name.endsWith('.mem'))).toEqual([`${id}.mem`]);
  await expectSound(rig, ref);
});
