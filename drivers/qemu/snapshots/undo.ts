import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { Machine } from '../machine/machine.ts';
import { nodeName } from '../plan/block.ts';
import type { QmpClient } from '../qmp/types.ts';
import { memorySocket, pathOfLayer } from './files.ts';
import { intentParts } from './intent.ts';
import { type Overlays, putOnTop } from './layers.ts';
import { endMigration, type SaveWait } from './migration.ts';
import { closeOverlays } from './overlays.ts';
import { activeNodes, letRun, runState, standAgain } from './status.ts';

/** How long a QEMU that was spawned right before the host died may take to open its monitor, milliseconds. */
const monitorLimitMs = 15_000;
const retryEveryMs = 50;

/** The monitor, or null when QEMU is gone or went while we asked. A QEMU that hangs throws `timeout`. */
export async function monitorOrGone(machine: Machine): Promise<QmpClient | null> {
  const deadline = Date.now() + monitorLimitMs;
  for (;;) {
    try {
      return await machine.qmp();
    } catch (error) {
      if (machine.state() === 'gone') {
        return null;
      }
      const opening = error instanceof NovaError && error.details['stage'] === 'connect';
      if (!opening || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(retryEveryMs);
  }
}

/**
 * Whether the disks stand on their new tops. A QEMU that is gone can't be asked: then yes, when all files are there, since an unused
 * top shows the same content as what is beneath it.
 */
async function wasCut(machine: Machine, client: QmpClient | null, overlays: Overlays): Promise<boolean> {
  const tops = Object.entries(overlays);
  if (tops.length === 0) {
    return false;
  }
  if (client === null) {
    return tops.every(([, overlay]) => existsSync(pathOfLayer(machine, overlay)));
  }
  const active = await activeNodes(client);
  return tops.some(([diskId, overlay]) => active[diskId] === nodeName(overlay.id));
}

/**
 * Undoes a snapshot that was not finished, from the machine's intent: the half-written memory goes, the guest runs on, and the disks are
 * noted as they are. Idempotent. Throws while QEMU hangs or a background save goes on; the intent then stays.
 */
export async function undoSnapshot(machine: Machine, wait: SaveWait = {}): Promise<void> {
  const { intent } = machine.record;
  if (intent?.kind !== 'snapshot') {
    return;
  }
  const { stage, overlays, wasRunning } = intentParts(intent);
  let client = await monitorOrGone(machine);
  let cut = false;
  try {
    if (client !== null) {
      await endMigration(client, wait);
    }
    cut = stage === 'cut' && (await wasCut(machine, client, overlays));
    if (client !== null) {
      if (!cut) {
        await closeOverlays(client, Object.values(overlays));
      }
      if (wasRunning) {
        await letRun(client);
      } else if ((await runState(client)) === 'postmigrate') {
        await standAgain(client);
      }
    }
  } catch (error) {
    if (machine.state() !== 'gone' || !(error instanceof NovaError)) {
      throw error;
    }
    client = null;
    cut = stage === 'cut' && (await wasCut(machine, client, overlays));
  }
  await failpoint('qemu.recover.settled');
  const kept = new Set(cut ? Object.values(overlays).map((overlay) => pathOfLayer(machine, overlay)) : []);
  machine.save((record) => ({ ...(cut ? putOnTop(record, overlays) : record), intent: null }));
  await failpoint('qemu.recover.recorded');
  for (const path of [...intent.newFiles, memorySocket(machine)]) {
    if (!kept.has(path)) {
      rmSync(path, { force: true });
    }
  }
}
