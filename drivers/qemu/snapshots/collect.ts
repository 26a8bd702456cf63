import type { OperationContext } from '../../driver.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { nodeName } from '../plan/block.ts';
import { afterStep, type CollectStep, droppedLayer, type NeededLayers, nextCollectStep } from './collect-plan.ts';
import { allocatedBytes, pathOfLayer, removeLayerFile } from './files.ts';
import { mergeOffline } from './merge-offline.ts';
import { mergeOnline, openNodes } from './merge-online.ts';
import { sharedLayers } from './sharing.ts';
import { monitorOrGone } from './undo.ts';

/** What of a machine's layers others need, and how large they are. */
export function neededLayers(env: MachineEnvironment, machine: Machine): NeededLayers {
  return {
    shared: new Set(sharedLayers(env, machine.id).keys()),
    bytesOf: (layer) => allocatedBytes(pathOfLayer(machine, layer)),
  };
}

async function carryOut(context: OperationContext, machine: Machine, step: CollectStep): Promise<void> {
  if (step.kind === 'drop') {
    machine.save((record) => afterStep(record, step));
    return;
  }
  const client = await monitorOrGone(machine);
  if (client !== null && (await openNodes(client)).has(nodeName(step.upper.id))) {
    await mergeOnline(context, machine, client, step);
    return;
  }
  await mergeOffline(context, machine, step);
  machine.save((record) => afterStep(record, step));
}

/**
 * Merges and drops all layers that nobody needs any more. Each step leaves a sound record; an abort or a failure ends between
 * two steps, and the rest is done the next time. `merge: false` does only what takes no time.
 */
export async function collectLayers(
  context: OperationContext,
  env: MachineEnvironment,
  machine: Machine,
  options: { merge: boolean },
): Promise<void> {
  for (;;) {
    const step = nextCollectStep(machine.record, neededLayers(env, machine));
    if (step === null || (step.kind !== 'drop' && !options.merge)) {
      return;
    }
    context.signal.throwIfAborted();
    await carryOut(context, machine, step);
    removeLayerFile(machine, droppedLayer(step));
  }
}
