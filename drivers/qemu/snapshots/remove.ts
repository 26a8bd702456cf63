import { rmSync } from 'node:fs';
import type { OperationContext, SnapshotRemoval } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { collectLayers, neededLayers } from './collect.ts';
import { allCollectSteps, type CollectStep, droppedLayer, withoutSnapshot } from './collect-plan.ts';
import { allocatedBytes, pathOfLayer, snapshotFiles } from './files.ts';
import { snapshotRecord } from './find.ts';
import { newIntent } from './intent.ts';

/** Why a snapshot can't be removed now; null when it can. */
function refusal(machine: Machine, snapshotId: string): string | null {
  return machine.record.resumeFrom === snapshotId
    ? 'The machine is to go on from this saved memory at its next start. Start it first.'
    : null;
}

function describeMerge(machine: Machine, step: CollectStep): string[] {
  switch (step.kind) {
    case 'drop':
      return [];
    case 'stream':
      return [`${pathOfLayer(machine, step.lower)} into ${pathOfLayer(machine, step.upper)}`];
    case 'commit':
      return [`${pathOfLayer(machine, step.upper)} into ${pathOfLayer(machine, step.lower)}`];
  }
}

/** The files that a removal touches. Throws `not_found`. */
export function planRemoval(env: MachineEnvironment, machine: Machine, snapshotId: string): SnapshotRemoval {
  const snapshot = snapshotRecord(machine, snapshotId);
  const refused = refusal(machine, snapshotId);
  const steps = allCollectSteps(withoutSnapshot(machine.record, snapshotId), neededLayers(env, machine));
  const drops = steps.filter((step) => step.kind === 'drop' && !step.layer.external);
  const deletes = [
    ...snapshotFiles(machine, snapshot),
    ...drops.map((step) => pathOfLayer(machine, droppedLayer(step))),
  ];
  return {
    deletes,
    merges: steps.flatMap((step) => describeMerge(machine, step)),
    freesBytes: deletes.map(allocatedBytes).reduce((sum, bytes) => sum + bytes, 0),
    ...(refused === null ? {} : { refused }),
  };
}

/** Removes a snapshot: first from the tree, then its files. Cut off after that, the rest is tidied the next time. */
export async function removeSnapshot(
  context: OperationContext,
  env: MachineEnvironment,
  machine: Machine,
  snapshotId: string,
): Promise<void> {
  const snapshot = machine.record.snapshots.find((entry) => entry.id === snapshotId);
  if (snapshot === undefined) {
    return;
  }
  const refused = refusal(machine, snapshotId);
  if (refused !== null) {
    throw new NovaError('conflict', `The snapshot "${snapshot.name}" cannot be removed. ${refused}`);
  }
  const files = snapshotFiles(machine, snapshot);
  machine.save((record) => ({
    ...withoutSnapshot(record, snapshotId),
    intent: newIntent('removeSnapshot', files, {}),
  }));
  try {
    await failpoint('qemu.removeSnapshot.intent');
    for (const path of files) {
      rmSync(path, { force: true });
    }
    machine.save((record) => ({ ...record, intent: null }));
    await collectLayers(context, env, machine, { merge: true });
    await failpoint('qemu.removeSnapshot.merged');
  } catch (error) {
    if (context.signal.aborted) {
      throw new NovaError(
        'cancelled',
        `The snapshot "${snapshot.name}" is removed; its disk layers are merged another time.`,
        { cause: error },
      );
    }
    throw error;
  }
}
