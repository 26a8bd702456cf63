import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { SnapshotRecord } from '../machine/record.ts';

/** A snapshot by id. Throws `not_found`. */
export function snapshotRecord(machine: Machine, id: string): SnapshotRecord {
  const snapshot = machine.record.snapshots.find((entry) => entry.id === id);
  if (snapshot === undefined) {
    throw new NovaError('not_found', `"${machine.record.spec.name}" has no snapshot with the id ${id}.`);
  }
  return snapshot;
}
