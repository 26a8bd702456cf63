import type { SnapshotView } from '../../../electron/bridge/contract.ts';
import { workloadSpecSchema } from '../../../electron/bridge/contract.ts';

const spec = workloadSpecSchema.parse({ name: 'one', driver: 'fake' });

/** A snapshot taken `atMs` on top of `parentId`; what a test does not name is plain. */
export function snapshotOf(id: string, parentId: string | null, atMs: number): SnapshotView {
  return {
    id,
    workloadId: 'w',
    name: id,
    notes: '',
    kind: 'disk',
    parentId,
    createdAtMs: atMs,
    sizeBytes: 0,
    memoryBytes: 0,
    automatic: false,
    spec,
  };
}
