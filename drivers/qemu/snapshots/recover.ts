import { rmSync } from 'node:fs';
import type { OperationContext } from '../../driver.ts';
import { failpoint } from '../../failpoints.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import type { Intent } from '../machine/record.ts';
import { collectLayers } from './collect.ts';
import { withoutSnapshot } from './collect-plan.ts';
import { removeOrphans } from './files.ts';
import { intentParts, letGoOfMemory } from './intent.ts';
import { layerOf } from './layers.ts';
import { dropJob, mergeJob, noteMerge } from './merge-online.ts';
import type { SaveWait } from './migration.ts';
import { letRun, runState, standAgain } from './status.ts';
import { monitorOrGone, undoSnapshot } from './undo.ts';

async function removeNewFiles(machine: Machine, intent: Intent): Promise<void> {
  await failpoint('qemu.recover.settled');
  machine.save((record) => ({ ...record, intent: null }));
  await failpoint('qemu.recover.recorded');
  for (const path of intent.newFiles) {
    rmSync(path, { force: true });
  }
}

/** Before the switch of the disks: as if it had not been. While a memory was being loaded: it is loaded at the next start. */
async function undoRestore(env: MachineEnvironment, machine: Machine, intent: Intent): Promise<void> {
  const { stage, wasRunning, keptId } = intentParts(intent);
  const client = await monitorOrGone(machine);
  if (stage === 'resume') {
    const state = client === null ? 'gone' : await runState(client);
    if (client === null || state === 'inmigrate' || state === 'prelaunch') {
      await env.terminate(machine, 'Its saved memory was only loaded in part; the next start loads it.');
      await failpoint('qemu.recover.settled');
      machine.save((record) => ({ ...record, intent: null }));
      return;
    }
    await letRun(client);
    machine.save((record) => ({ ...record, intent: null, resumeFrom: null }));
    return;
  }
  if (client === null && stage === 'prepare' && keptId !== undefined) {
    // It stood since its memory was saved, so that memory still fits the disks.
    machine.save((record) => ({ ...record, resumeFrom: keptId }));
  } else if (client !== null) {
    letGoOfMemory(machine);
    if (wasRunning) {
      await letRun(client);
    } else if ((await runState(client)) === 'postmigrate') {
      await standAgain(client);
    }
  }
  await removeNewFiles(machine, intent);
}

/** A merge is begun again another time; only where the disk's top was being changed, it is found out which one it is. */
async function settleMerge(machine: Machine, intent: Intent): Promise<void> {
  const { stage, wasRunning, lowerId, upperId } = intentParts(intent);
  const client = await monitorOrGone(machine);
  if (client !== null) {
    await dropJob(client, mergeJob);
  }
  if (stage === 'pivot' && lowerId !== undefined && upperId !== undefined && client !== null) {
    const { layers } = machine.record;
    const step = { kind: 'commit' as const, lower: layerOf(layers, lowerId), upper: layerOf(layers, upperId) };
    await noteMerge(machine, client, step, wasRunning);
  } else if (wasRunning && client !== null) {
    await letRun(client);
  }
  await removeNewFiles(machine, intent);
}

/** A merge writes no intent until it changes a disk's top: one that was cut off before goes on in QEMU with nobody to end it. */
async function dropMerge(machine: Machine): Promise<void> {
  const client = await monitorOrGone(machine);
  if (client !== null) {
    await dropJob(client, mergeJob);
  }
}

const silent: OperationContext = {
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
  saveHandle: () => undefined,
};

/**
 * Finishes or undoes a snapshot, restore, removal, clone or resize that was cut off, from the machine's record alone, and removes files
 * that nobody names. Takes no longer than a few answers of QEMU, but for the end of a background save (`wait`); merges are left to the
 * tidier. Idempotent. Throws while QEMU hangs or saves, with the intent kept. Other intents are not touched. Without an intent it
 * tidies what a cut-off merge left.
 */
export async function recoverIntent(env: MachineEnvironment, machine: Machine, wait: SaveWait = {}): Promise<void> {
  const { intent } = machine.record;
  switch (intent?.kind) {
    case 'snapshot':
      await undoSnapshot(machine, wait);
      break;
    case 'restore':
      await undoRestore(env, machine, intent);
      break;
    case 'removeSnapshot':
      await settleMerge(machine, intent);
      break;
    case 'clone':
      await failpoint('qemu.recover.settled');
      machine.save((record) => ({
        ...withoutSnapshot(record, intentParts(intent).passingId ?? ''),
        intent: null,
      }));
      await failpoint('qemu.recover.recorded');
      break;
    case 'resize':
      // Each of their steps is whole in itself; what was asked for is asked again.
      await removeNewFiles(machine, intent);
      break;
    case undefined:
      await dropMerge(machine);
      break;
    case 'create':
    case 'start':
    case 'remove':
      return;
  }
  removeOrphans(machine);
  try {
    await collectLayers(silent, env, machine, { merge: false });
  } catch {
    // Another machine's record can't be read, so nobody knows what it needs of this one: its layers wait for the tidier.
  }
}
