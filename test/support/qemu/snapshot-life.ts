import { randomUUID } from 'node:crypto';
import type { Handle } from '../../../drivers/driver.ts';
import { createQemuDriver } from '../../../drivers/qemu/driver.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import { testContext } from './rig.ts';

/** What the program below does to a machine that is there. */
export type SnapshotDeed = {
  root: string;
  runtimeRoot: string;
  cacheDirectory: string;
  id: string;
  spec: WorkloadSpec;
  handle: Handle;
  deed: 'recover' | 'create' | 'createDisk' | 'restore' | 'remove' | 'clone';
  /** The snapshot that is made or that it is about. */
  snapshotId: string;
  /** The clone. */
  targetId: string;
};

/** A program that does one thing to the snapshots of a machine and is killed at a failpoint on the way: `node snapshot-life.ts DEED`. */
if (import.meta.main) {
  const deed = JSON.parse(process.argv[2] ?? '') as SnapshotDeed;
  const { root, runtimeRoot, cacheDirectory, id, spec, handle, snapshotId, targetId } = deed;
  const driver = createQemuDriver({ root, runtimeRoot, cacheDirectory });
  const context = testContext();
  await driver.recover(id, spec, handle);
  const ref = { id, name: spec.name, spec, handle };
  switch (deed.deed) {
    case 'recover':
      break;
    case 'create':
      await driver.snapshots?.create(context, ref, { id: snapshotId, name: 'cut-off', kind: 'disk+memory' });
      break;
    case 'createDisk':
      await driver.snapshots?.create(context, ref, { id: snapshotId, name: 'cut-off', kind: 'disk' });
      break;
    case 'restore':
      await driver.snapshots?.restore(context, ref, snapshotId, { keep: true, keepId: randomUUID() });
      break;
    case 'remove':
      await driver.snapshots?.remove(context, ref, snapshotId);
      break;
    case 'clone':
      await driver.snapshots?.clone(
        context,
        ref,
        null,
        { id: targetId, spec: { ...spec, name: 'copy' } },
        { linked: false },
      );
      break;
  }
  await driver.close();
}
