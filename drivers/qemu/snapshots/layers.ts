import { NovaError } from '../../errors.ts';
import type { Layer, MachineRecord } from '../machine/record.ts';

/** The pure model of a machine's disks: a forest of layers, of which each disk writes to one top. */

/** The part of a record that the model needs. */
export type DiskModel = Pick<MachineRecord, 'layers' | 'disks' | 'snapshots'>;

/** A layer by id. Throws `internal`: a record that lacks one is broken. */
export function layerOf(layers: readonly Layer[], id: string): Layer {
  const layer = layers.find((entry) => entry.id === id);
  if (layer === undefined) {
    throw new NovaError('internal', `The machine's record lacks the disk layer ${id}.`);
  }
  return layer;
}

/** A layer and all beneath it, top first. */
export function chainOf(layers: readonly Layer[], topId: string): Layer[] {
  const chain: Layer[] = [];
  let id: string | null = topId;
  while (id !== null) {
    if (chain.length > layers.length) {
      throw new NovaError('internal', `The machine's disk layers form a circle at ${id}.`);
    }
    const layer: Layer = layerOf(layers, id);
    chain.push(layer);
    id = layer.backing;
  }
  return chain;
}

/** The layers that stand directly on a layer. */
export function childrenOf(layers: readonly Layer[], id: string): Layer[] {
  return layers.filter((layer) => layer.backing === id);
}

/** New tops by disk id. */
export type Overlays = Record<string, Layer>;

/** Puts new layers on the present ones, which become frozen. Disks without an entry stay. */
export function putOnTop<T extends DiskModel>(model: T, overlays: Overlays): T {
  const frozen = new Set(Object.values(overlays).map((layer) => layer.backing));
  return {
    ...model,
    layers: [
      ...model.layers.map((layer) => (frozen.has(layer.id) ? { ...layer, frozen: true } : layer)),
      ...Object.values(overlays),
    ],
    disks: model.disks.map((disk) => ({ ...disk, layerId: overlays[disk.id]?.id ?? disk.layerId })),
  };
}

/** The layer that each disk writes to, by disk id. */
export function topLayers(model: DiskModel): Record<string, string> {
  return Object.fromEntries(model.disks.map((disk) => [disk.id, disk.layerId]));
}

/** What is wrong with a model, for tests and for the recovery; empty when it is sound. */
export function faultsOf(model: DiskModel): string[] {
  const faults: string[] = [];
  const ids = new Set(model.layers.map((layer) => layer.id));
  if (ids.size !== model.layers.length) {
    faults.push('a layer is there twice');
  }
  for (const layer of model.layers) {
    if (layer.backing !== null && !ids.has(layer.backing)) {
      faults.push(`layer ${layer.id} stands on a missing one`);
    } else if (layer.backing !== null && !layerOf(model.layers, layer.backing).frozen) {
      faults.push(`layer ${layer.id} stands on one that is written to`);
    }
  }
  for (const disk of model.disks) {
    const top = model.layers.find((layer) => layer.id === disk.layerId);
    if (top === undefined || top.frozen || top.external) {
      faults.push(`disk ${disk.id} has no top of its own`);
    }
  }
  for (const snapshot of model.snapshots) {
    for (const id of Object.values(snapshot.layers)) {
      if (!ids.has(id)) {
        faults.push(`snapshot ${snapshot.id} names a missing layer`);
      }
    }
    if (snapshot.parentId !== null && !model.snapshots.some((entry) => entry.id === snapshot.parentId)) {
      faults.push(`snapshot ${snapshot.id} has a missing parent`);
    }
  }
  return faults;
}
