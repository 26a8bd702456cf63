import type { Snapshot, SnapshotTree } from '../../driver.ts';
import type { Machine } from '../machine/machine.ts';
import type { SnapshotRecord } from '../machine/record.ts';
import { ownLayers } from './collect-plan.ts';
import { allocatedBytes, memoryPath, pathOfLayer, snapshotFiles } from './files.ts';

/** A snapshot with its sizes as they are on the disk now. */
export function snapshotOf(machine: Machine, record: SnapshotRecord): Snapshot {
  const memoryBytes = record.memoryFile === null ? 0 : allocatedBytes(memoryPath(machine, record.memoryFile));
  const fileBytes = snapshotFiles(machine, record)
    .map(allocatedBytes)
    .reduce((sum, bytes) => sum + bytes, 0);
  const diskBytes = ownLayers(machine.record, record.id)
    .map((layer) => allocatedBytes(pathOfLayer(machine, layer)))
    .reduce((sum, bytes) => sum + bytes, 0);
  return {
    id: record.id,
    name: record.name,
    notes: record.notes,
    kind: record.kind,
    parentId: record.parentId,
    createdAtMs: record.createdAtMs,
    sizeBytes: diskBytes + fileBytes,
    memoryBytes,
    automatic: record.automatic,
    ...(record.pauseMs === undefined ? {} : { pauseMs: record.pauseMs }),
    ...(record.consoleTail === undefined || record.consoleTail === '' ? {} : { consoleTail: record.consoleTail }),
    spec: record.spec,
  };
}

/** The tree of a machine. */
export function treeOf(machine: Machine): SnapshotTree {
  return {
    snapshots: machine.record.snapshots.map((record) => snapshotOf(machine, record)),
    currentId: machine.record.currentId,
  };
}
