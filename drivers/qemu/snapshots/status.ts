import { z } from 'zod';
import type { QmpClient } from '../qmp/types.ts';

/** QEMU's run state in its own words. */
export async function runState(client: QmpClient): Promise<string> {
  return z.object({ status: z.string() }).parse(await client.execute('query-status')).status;
}

/** States in which a machine stands only because somebody asked for it, and `cont` lets it go on. */
const standing = new Set(['paused', 'postmigrate', 'finish-migrate', 'prelaunch']);

/** Lets a machine go on that we made stand still. Does nothing to one that stands for another reason. */
export async function letRun(client: QmpClient): Promise<void> {
  if (standing.has(await runState(client))) {
    await client.execute('cont');
  }
}

/** After a save, QEMU has let go of the disks; only a moment of running takes them back. Leaves the machine paused. */
export async function standAgain(client: QmpClient): Promise<void> {
  // Sent together, so that the guest runs for less than a millisecond.
  await Promise.all([client.execute('cont'), client.execute('stop')]);
}

/** The node that each of our disks reads and writes now, by disk id. */
export async function activeNodes(client: QmpClient): Promise<Record<string, string>> {
  const blocks = z
    .array(
      z.object({
        qdev: z.string().optional(),
        inserted: z.object({ 'node-name': z.string().optional() }).optional(),
      }),
    )
    .parse(await client.execute('query-block'));
  const nodes: Record<string, string> = {};
  for (const block of blocks) {
    // "/machine/peripheral/disk0/virtio-backend" or the plain id, by device.
    const id = block.qdev?.split('/').find((part) => /^disk\d+$/.test(part));
    const node = block.inserted?.['node-name'];
    if (id !== undefined && node !== undefined) {
      nodes[id] = node;
    }
  }
  return nodes;
}
