import type { SnapshotDiff } from '../../driver.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { specChanges } from '../../spec-changes.ts';
import type { Machine } from '../machine/machine.ts';
import type { Layer } from '../machine/record.ts';
import { allocatedBytes, pathOfLayer } from './files.ts';
import { snapshotRecord } from './find.ts';
import { chainOf, type DiskModel, topLayers } from './layers.ts';

/**
 * Layers that one of two points stands on and the other does not: all that was written since their ways parted. Pure. Null when
 * a point has no disks (`config`, `memory`).
 */
export function layersBetween(
  model: DiskModel,
  from: Record<string, string>,
  to: Record<string, string>,
): Layer[] | null {
  const below = (tops: Record<string, string>): Map<string, Layer> =>
    new Map(
      Object.values(tops)
        .flatMap((id) => chainOf(model.layers, id))
        .map((layer) => [layer.id, layer]),
    );
  if (Object.keys(from).length === 0 || Object.keys(to).length === 0) {
    return null;
  }
  const [before, after] = [below(from), below(to)];
  return [
    ...[...before.values()].filter((layer) => !after.has(layer.id)),
    ...[...after.values()].filter((layer) => !before.has(layer.id)),
  ];
}

/** What differs between two points. What is inside the disks is the guest's: only how much was written is known. Throws `not_found`. */
export function diffSnapshots(
  machine: Machine,
  fromId: string,
  toId: string | null,
  presentSpec: WorkloadSpec,
): SnapshotDiff {
  const from = snapshotRecord(machine, fromId);
  const to = toId === null ? { spec: presentSpec, layers: topLayers(machine.record) } : snapshotRecord(machine, toId);
  const size = (between: Layer[]): number =>
    between.map((layer) => allocatedBytes(pathOfLayer(machine, layer))).reduce((sum, bytes) => sum + bytes, 0);
  const between = layersBetween(machine.record, from.layers, to.layers);
  const disks = Object.keys(from.layers)
    .filter((name) => to.layers[name] !== undefined)
    .map((name) => {
      const one = { [name]: from.layers[name] ?? '' };
      return { name, bytes: size(layersBetween(machine.record, one, { [name]: to.layers[name] ?? '' }) ?? []) };
    });
  return {
    fields: specChanges(from.spec, to.spec),
    ...(between === null ? {} : { bytes: size(between), disks }),
  };
}
