import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { growImage } from '../images/verbs.ts';
import type { Machine } from '../machine/machine.ts';
import { layerNode, layerPath, nodeName } from '../plan/block.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { QemuSettings } from '../settings.ts';

/** Disk sizes are whole sectors, bytes. */
const sectorBytes = 512;

/** Grows the disks that are smaller than their spec says, in the running QEMU or in their files. A disk never shrinks. */
export async function growDisks(
  context: OperationContext,
  machine: Machine,
  client: QmpClient | null,
  settings: QemuSettings,
): Promise<void> {
  for (const [index, { sizeBytes }] of settings.disks.entries()) {
    const disk = machine.record.disks[index];
    const wanted = Math.ceil((sizeBytes ?? 0) / sectorBytes) * sectorBytes;
    if (disk === undefined || wanted <= disk.virtualBytes) {
      continue;
    }
    if (client === null && machine.record.resumeFrom !== null) {
      throw new NovaError(
        'wrong_state',
        `"${machine.record.spec.name}" has a saved memory that knows the present size of its disks. Start it first, then let them grow.`,
      );
    }
    if (client === null) {
      const { record, paths } = machine;
      const node = layerNode(record.layers, disk.layerId, (layer) => layerPath(paths.disks, layer));
      await growImage(node, wanted, { signal: context.signal });
    } else {
      // Waits for requests under way; a slow disk may take a while.
      await client.execute(
        'block_resize',
        { 'node-name': nodeName(disk.layerId), size: wanted },
        { timeoutMs: 60_000 },
      );
    }
    machine.save((record) => ({
      ...record,
      disks: record.disks.map((entry) => (entry.id === disk.id ? { ...entry, virtualBytes: wanted } : entry)),
    }));
  }
}
