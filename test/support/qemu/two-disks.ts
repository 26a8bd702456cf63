import { randomUUID } from 'node:crypto';
import type { Snapshot, SnapshotGroup, SnapshotKind, WorkloadRef } from '../../../drivers/driver.ts';
import { MiB, type WorkloadSpecInput } from '../../../drivers/spec.ts';
import type { Rig } from './rig.ts';

/** A spec part of a machine with two small disks that sits in its firmware. */
export const twoDisks: Partial<WorkloadSpecInput> = {
  settings: { disks: [{ sizeBytes: 8 * MiB }, { sizeBytes: 8 * MiB }], network: 'none' },
};

/** The driver's snapshots. */
export function snapshotsOf(rig: Rig): SnapshotGroup {
  const { snapshots } = rig.driver;
  if (snapshots === undefined) {
    throw new Error('The driver has no snapshots.');
  }
  return snapshots;
}

/** Takes a snapshot. */
export function take(rig: Rig, ref: WorkloadRef, kind: SnapshotKind = 'disk', signal?: AbortSignal): Promise<Snapshot> {
  const id = randomUUID();
  return snapshotsOf(rig).create(rig.context(signal), ref, { id, name: `snap-${id.slice(0, 8)}`, kind });
}

/** Goes back; the present state becomes an automatic snapshot unless `keep` is false. */
export function goBack(
  rig: Rig,
  ref: WorkloadRef,
  snapshotId: string,
  keep = true,
): ReturnType<SnapshotGroup['restore']> {
  return snapshotsOf(rig).restore(rig.context(), ref, snapshotId, { keep, keepId: randomUUID() });
}
