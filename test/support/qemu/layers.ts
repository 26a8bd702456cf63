import type { DiskState, Layer, MachineRecord, SnapshotRecord } from '../../../drivers/qemu/machine/record.ts';
import { layerOf } from '../../../drivers/qemu/snapshots/layers.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import type { Random } from '../random.ts';

const spec = workloadSpecSchema.parse({ name: 'model', driver: 'qemu' });

/** A layer of disk0 whose file is called like itself. */
export function layer(id: string, backing: string | null, change: Partial<Layer> = {}): Layer {
  return {
    id,
    diskId: 'disk0',
    file: `${id}.qcow2`,
    format: 'qcow2',
    backing,
    frozen: true,
    external: false,
    sharedFrom: null,
    ...change,
  };
}

/** A snapshot of disk layers. */
export function snapshot(
  id: string,
  parentId: string | null,
  layers: Record<string, string>,
  change: Partial<SnapshotRecord> = {},
): SnapshotRecord {
  return {
    id,
    name: id,
    notes: '',
    kind: 'disk',
    parentId,
    createdAtMs: 0,
    automatic: false,
    layers,
    memoryFile: null,
    argv: null,
    hotplugged: [],
    spec,
    ...change,
  };
}

/** A record of a stopped machine. Tops of disks are made writable. */
export function record(
  layers: Layer[],
  snapshots: SnapshotRecord[],
  tops: Record<string, string>,
  change: Partial<MachineRecord> = {},
): MachineRecord {
  const written = new Set(Object.values(tops));
  return {
    version: 1,
    id: 'model',
    uuid: '00000000-0000-4000-8000-000000000000',
    spec,
    layers: layers.map((entry) => (written.has(entry.id) ? { ...entry, frozen: false } : entry)),
    disks: Object.entries(tops).map(([id, layerId]): DiskState => ({ id, layerId, virtualBytes: 1 })),
    snapshots,
    currentId: snapshots.at(-1)?.id ?? null,
    resumeFrom: null,
    run: null,
    lastEnd: null,
    boots: 0,
    intent: null,
    ...change,
  };
}

/** What each layer of a model holds of its own: block number to value. */
export type Contents = Map<string, Map<number, number>>;

/** The blocks that are seen through a layer. */
export function seen(layers: readonly Layer[], contents: Contents, id: string): string {
  const blocks = new Map<number, number>();
  for (let at: string | null = id; at !== null; at = layerOf(layers, at).backing) {
    for (const [block, value] of contents.get(at) ?? []) {
      if (!blocks.has(block)) {
        blocks.set(block, value);
      }
    }
  }
  return JSON.stringify([...blocks].toSorted(([one], [other]) => one - other));
}

/** Writes some blocks by chance. */
export function scribble(contents: Contents, id: string, random: Random): void {
  const own = contents.get(id) ?? new Map<number, number>();
  contents.set(id, own);
  for (let count = random.below(4); count >= 0; count -= 1) {
    own.set(random.below(8), random.below(1000));
  }
}
