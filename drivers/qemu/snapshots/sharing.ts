import type { MachineEnvironment } from '../machine/environment.ts';

/** Layers of a machine on which other machines stand (linked clones), with the names of those. Throws `conflict` when a record can't be read: then nobody knows. */
export function sharedLayers(env: MachineEnvironment, machineId: string): Map<string, string[]> {
  const shared = new Map<string, string[]>();
  for (const id of env.ids()) {
    const record = id === machineId ? undefined : env.find(id)?.record;
    for (const layer of record?.layers ?? []) {
      if (layer.sharedFrom?.machineId === machineId) {
        const users = shared.get(layer.sharedFrom.layerId) ?? [];
        shared.set(layer.sharedFrom.layerId, [...users, record?.spec.name ?? id]);
      }
    }
  }
  return shared;
}
