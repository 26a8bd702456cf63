import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { Machine } from '../machine/machine.ts';
import { layerPath } from '../plan/block.ts';
import { parseSettings } from '../plan/resolve.ts';
import { runTool } from '../probe/tool.ts';

/** A small file is made in milliseconds; a slow file system takes longer. */
const limitMs = 60_000;

/** Makes empty disks of the asked size. */
export async function createBlankDisks(context: OperationContext, machine: Machine, spec: WorkloadSpec): Promise<void> {
  for (const [index, disk] of parseSettings(spec).disks.entries()) {
    if (disk.image !== undefined || disk.sizeBytes === undefined) {
      throw new NovaError('unsupported', 'Existing images are not supported yet.');
    }
    const id = `disk${index}`;
    const file = `${id}-base.qcow2`;
    const path = layerPath(machine.paths.disks, { file });
    const result = await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', path, String(disk.sizeBytes)], {
      timeoutMs: limitMs,
      signal: context.signal,
    });
    if (result.exitCode !== 0) {
      throw new NovaError('internal', `The disk could not be made: ${result.stderr.trim()}`);
    }
    const layerId = `${id}-base`;
    const virtualBytes = disk.sizeBytes;
    machine.save((record) => ({
      ...record,
      layers: [
        ...record.layers,
        {
          id: layerId,
          diskId: id,
          file,
          format: 'qcow2',
          backing: null,
          frozen: false,
          external: false,
          sharedFrom: null,
        },
      ],
      disks: [...record.disks, { id, layerId, virtualBytes }],
    }));
  }
}
