import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectSound, readDisk, writeBlock } from '../../support/qemu/disks.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { goBack, take, twoDisks } from '../../support/qemu/two-disks.ts';

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

test('going back fails in a machine that stands on an older restore point and kept none now: that old memory is not loaded over newer disks', async () => {
  const ref = await rig.create(twoDisks);
  await rig.driver.start(rig.context(), ref);
  const { id } = await take(rig, ref, 'disk+memory');
  const { kept } = await goBack(rig, ref, id);
  expect(kept).toMatchObject({ automatic: true, kind: 'disk+memory' });
  // An undo: the machine goes on from the restore point.
  await goBack(rig, ref, kept?.id ?? '', false);
  await writeBlock(rig, ref, 'disk0', 0, 5);
  truncateSync(join(rig.paths(ref).memory, `${id}.mem`), 4096);
  await expect(goBack(rig, ref, id, false)).rejects.toThrow(/^The saved memory of "vm-.*" could not be loaded: /);
  // By what the QEMU ended that did not take the memory.
  expect(['stopped', 'crashed']).toContain((await rig.driver.inspect(ref)).phase);
  expect(rig.record(ref)).toMatchObject({ resumeFrom: null, intent: null, currentId: kept?.id });
  expect(await readDisk(rig, ref, 'disk0')).toEqual([5, 0, 0, 0]);
  await expectSound(rig, ref);
});
