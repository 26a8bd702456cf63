import type { Layer, MachineRecord } from '../machine/record.ts';
import { chainOf, childrenOf, type DiskModel } from './layers.ts';

/**
 * One step of tidying. `drop`: nobody needs the file. `stream`: `upper` takes in what it sees in `lower`. `commit`: `upper`, a
 * top, is written down into `lower`, which becomes the top. Content above never changes by a step, nor when it is cut off.
 */
export type CollectStep =
  | { kind: 'drop'; layer: Layer }
  | { kind: 'stream'; lower: Layer; upper: Layer }
  | { kind: 'commit'; lower: Layer; upper: Layer };

/** Ids of layers that snapshots of this machine or other machines name; never merged away. */
export type NeededLayers = { shared: ReadonlySet<string>; bytesOf(layer: Layer): number };

/**
 * The next step towards a forest in which every layer is a top, named by a snapshot, shared, the user's image, or a
 * fork. Null when there is none. Pure: call it again with the record after the step.
 */
export function nextCollectStep(model: DiskModel, needed: NeededLayers): CollectStep | null {
  const tops = new Set(model.disks.map((disk) => disk.layerId));
  const named = new Set(model.snapshots.flatMap((snapshot) => Object.values(snapshot.layers)));
  const free = model.layers.filter(
    (layer) => !tops.has(layer.id) && !named.has(layer.id) && !needed.shared.has(layer.id),
  );
  // First of all, so that nothing is merged within a branch that goes as a whole.
  const leaf = free.find((layer) => childrenOf(model.layers, layer.id).length === 0);
  if (leaf !== undefined) {
    return { kind: 'drop', layer: leaf };
  }
  for (const layer of free) {
    const children = childrenOf(model.layers, layer.id);
    const [upper] = children;
    // A user's image stays beneath; a fork serves two; a layer that a linked clone reads may not be written.
    if (upper === undefined || layer.external || children.length > 1 || needed.shared.has(upper.id)) {
      continue;
    }
    const writable = tops.has(upper.id);
    return writable && needed.bytesOf(upper) <= needed.bytesOf(layer)
      ? { kind: 'commit', lower: layer, upper }
      : { kind: 'stream', lower: layer, upper };
  }
  return null;
}

/** The record after a step has been carried out. The file that is needless then is `drop.file` of `droppedLayer`. */
export function afterStep<T extends DiskModel>(model: T, step: CollectStep): T {
  switch (step.kind) {
    case 'drop':
      return { ...model, layers: model.layers.filter((layer) => layer.id !== step.layer.id) };
    case 'stream':
      return {
        ...model,
        layers: model.layers
          .filter((layer) => layer.id !== step.lower.id)
          .map((layer) => (layer.id === step.upper.id ? { ...layer, backing: step.lower.backing } : layer)),
      };
    case 'commit':
      return {
        ...model,
        layers: model.layers
          .filter((layer) => layer.id !== step.upper.id)
          .map((layer) => (layer.id === step.lower.id ? { ...layer, frozen: false } : layer)),
        disks: model.disks.map((disk) => (disk.layerId === step.upper.id ? { ...disk, layerId: step.lower.id } : disk)),
      };
  }
}

/** The layer whose file a step makes needless. */
export function droppedLayer(step: CollectStep): Layer {
  switch (step.kind) {
    case 'drop':
      return step.layer;
    case 'stream':
      return step.lower;
    case 'commit':
      return step.upper;
  }
}

/** All steps to the end, each on the model that the one before leaves. */
export function allCollectSteps(model: DiskModel, needed: NeededLayers): CollectStep[] {
  const steps: CollectStep[] = [];
  let current: DiskModel = model;
  for (let step = nextCollectStep(current, needed); step !== null; step = nextCollectStep(current, needed)) {
    steps.push(step);
    current = afterStep(current, step);
  }
  return steps;
}

/** The record without a snapshot; its children hang on its parent. The layers are left to the collection. */
export function withoutSnapshot(record: MachineRecord, snapshotId: string): MachineRecord {
  const gone = record.snapshots.find((snapshot) => snapshot.id === snapshotId);
  if (gone === undefined) {
    return record;
  }
  return {
    ...record,
    snapshots: record.snapshots
      .filter((snapshot) => snapshot.id !== snapshotId)
      .map((snapshot) => (snapshot.parentId === snapshotId ? { ...snapshot, parentId: gone.parentId } : snapshot)),
    currentId: record.currentId === snapshotId ? gone.parentId : record.currentId,
    resumeFrom: record.resumeFrom === snapshotId ? null : record.resumeFrom,
  };
}

/** The layers that belong to a snapshot alone: those of its chains that its parent's chains have not. */
export function ownLayers(model: DiskModel, snapshotId: string): Layer[] {
  const snapshot = model.snapshots.find((entry) => entry.id === snapshotId);
  if (snapshot === undefined) {
    return [];
  }
  const parent = model.snapshots.find((entry) => entry.id === snapshot.parentId);
  const below = new Set(
    Object.values(parent?.layers ?? {}).flatMap((id) => chainOf(model.layers, id).map((layer) => layer.id)),
  );
  return Object.values(snapshot.layers)
    .flatMap((id) => chainOf(model.layers, id))
    .filter((layer) => !below.has(layer.id) && !layer.external);
}
