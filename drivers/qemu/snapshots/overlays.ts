import { rmSync } from 'node:fs';
import { newLayer } from '../images/create-disks.ts';
import { layerVirtualBytes } from '../images/inspect.ts';
import { createOverlay } from '../images/verbs.ts';
import type { Machine } from '../machine/machine.ts';
import type { Layer } from '../machine/record.ts';
import { layerNode, nodeName } from '../plan/block.ts';
import type { QmpClient } from '../qmp/types.ts';
import { pathOfLayer } from './files.ts';
import { layerOf, type Overlays } from './layers.ts';

/** New tops on the given layers, by disk id. Nothing is made yet. */
export function planOverlays(backing: Record<string, string>): Overlays {
  return Object.fromEntries(Object.entries(backing).map(([diskId, id]) => [diskId, newLayer(diskId, id)]));
}

/** Size of the disk that a layer shows, bytes. A user's image has no header that we trust later, so the record's number serves. */
export function shownBytes(machine: Machine, layer: Layer): number {
  return layer.format === 'qcow2' && !layer.external
    ? layerVirtualBytes(pathOfLayer(machine, layer))
    : (machine.record.disks.find((disk) => disk.id === layer.diskId)?.virtualBytes ?? 0);
}

/** Makes the files of new tops. Throws with all of them removed. */
export async function createOverlayFiles(machine: Machine, overlays: Overlays, signal: AbortSignal): Promise<void> {
  const made: string[] = [];
  try {
    for (const overlay of Object.values(overlays)) {
      const below = layerOf(machine.record.layers, overlay.backing ?? '');
      const path = pathOfLayer(machine, overlay);
      made.push(path);
      await createOverlay(
        path,
        { path: pathOfLayer(machine, below), format: below.format },
        shownBytes(machine, below),
        { signal },
      );
    }
  } catch (error) {
    for (const path of made) {
      rmSync(path, { force: true });
    }
    throw error;
  }
}

/** Opens new tops in a running QEMU, attached to nothing yet. Throws with none of them open. */
export async function openOverlays(machine: Machine, client: QmpClient, overlays: Overlays): Promise<void> {
  const open: Layer[] = [];
  try {
    for (const overlay of Object.values(overlays)) {
      const alone = { ...overlay, backing: null };
      await client.execute(
        'blockdev-add',
        layerNode([alone], alone.id, (layer) => pathOfLayer(machine, layer)),
      );
      open.push(overlay);
    }
  } catch (error) {
    await closeOverlays(client, open);
    throw error;
  }
}

/** Closes tops that were not put to use. Those that are in use or gone stay as they are. */
export async function closeOverlays(client: QmpClient, overlays: readonly Layer[]): Promise<void> {
  for (const overlay of overlays) {
    try {
      await client.execute('blockdev-del', { 'node-name': nodeName(overlay.id) });
    } catch {
      // In use since the cut, or never opened, or QEMU is gone: each is as it should be.
    }
  }
}

/** Puts opened tops on all disks at one instant: all or none. */
export async function cutDisks(machine: Machine, client: QmpClient, overlays: Overlays): Promise<void> {
  const actions = machine.record.disks.flatMap((disk) => {
    const overlay = overlays[disk.id];
    return overlay === undefined
      ? []
      : [
          {
            type: 'blockdev-snapshot',
            data: { node: nodeName(disk.layerId), overlay: nodeName(overlay.id) },
          },
        ];
  });
  if (actions.length > 0) {
    // Waits for requests under way; a slow disk may take a while.
    await client.execute('transaction', { actions }, { timeoutMs: 60_000 });
  }
}
