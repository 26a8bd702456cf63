import type { WorkloadRef } from '../../../drivers/driver.ts';
import { layerPath, nodeName } from '../../../drivers/qemu/plan/block.ts';
import type { QmpClient } from '../../../drivers/qemu/qmp/types.ts';
import { onMonitor } from './disks.ts';
import type { Rig } from './rig.ts';

/** `errno` of Linux. */
export const EIO = 5;
export const ENOSPC = 28;

const broken = 'broken';

/**
 * Lets each request of one kind below a running machine's disk fail from now on, by QEMU's blkdebug. Returns what mends it. Takes the
 * block at 4 MiB for itself.
 */
export async function breakDisk(
  rig: Rig,
  ref: WorkloadRef,
  diskId: string,
  fault: { iotype: 'read' | 'write' | 'flush'; errno: number },
): Promise<() => Promise<void>> {
  const record = rig.record(ref);
  const layerId = record.disks.find(({ id }) => id === diskId)?.layerId;
  const layer = record.layers.find(({ id }) => id === layerId);
  if (layer === undefined) throw new Error(`The machine has no disk ${diskId}.`);
  const path = layerPath(rig.paths(ref).disks, layer);
  const io = (client: QmpClient, text: string): Promise<unknown> =>
    client.execute('human-monitor-command', {
      'command-line': `qemu-io -d /machine/peripheral/${diskId}/virtio-backend "${text}"`,
    });
  const reopen = (client: QmpClient, file: string): Promise<unknown> =>
    client.execute('blockdev-reopen', {
      options: [{ driver: 'qcow2', 'node-name': nodeName(layer.id), discard: 'unmap', backing: null, file }],
    });
  const whole = await onMonitor(rig, ref, async (client) => {
    const nodes = await client.execute<{ 'node-name': string; drv: string; file: string }[]>(
      'query-named-block-nodes',
      { flat: true },
    );
    const found = nodes.find(({ drv, file }) => drv === 'file' && file === path)?.['node-name'] ?? '';
    await io(client, 'write 4M 64k');
    await io(client, 'flush');
    await client.execute('blockdev-add', {
      driver: 'blkdebug',
      'node-name': broken,
      image: found,
      'inject-error': [
        // From the beginning.
        { event: 'none', ...fault },
        // A rule takes the place of all before: from the next read on nothing but discards fails.
        ...(fault.iotype === 'read' ? [] : [{ event: 'read_aio', iotype: 'discard', errno: EIO }]),
      ],
    });
    await reopen(client, broken);
    return found;
  });
  return () =>
    onMonitor(rig, ref, async (client) => {
      if (fault.iotype !== 'read') await io(client, 'read 4M 64k');
      await reopen(client, whole);
      await client.execute('blockdev-del', { 'node-name': broken });
    });
}
