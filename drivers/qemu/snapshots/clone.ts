import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Handle, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { maxNameLength, type WorkloadSpec } from '../../spec.ts';
import { newLayer } from '../images/create-disks.ts';
import { convertImage } from '../images/verbs.ts';
import { handleOf, newRecord } from '../lifecycle/create.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { copyVariables, keptVariablesPath, variablesPath } from '../machine/nvram.ts';
import type { DiskState, Layer, SnapshotRecord } from '../machine/record.ts';
import { layerNode } from '../plan/block.ts';
import { withoutSnapshot } from './collect-plan.ts';
import { createSnapshot } from './create.ts';
import { pathOfLayer } from './files.ts';
import { snapshotRecord } from './find.ts';
import { newIntent } from './intent.ts';
import { chainOf, layerOf } from './layers.ts';
import { createOverlayFiles, shownBytes } from './overlays.ts';
import { removeSnapshot } from './remove.ts';

/** What a clone is to be. */
export type CloneTarget = { id: string; spec: WorkloadSpec };

/** A layer of the source as the clone's record names it: by its path, never to be deleted, and told to the source as needed. */
function borrowed(source: Machine, layer: Layer): Layer {
  const ours = !layer.external;
  return {
    ...layer,
    file: pathOfLayer(source, layer),
    frozen: true,
    external: true,
    sharedFrom: ours ? { machineId: source.id, layerId: layer.id } : layer.sharedFrom,
  };
}

async function linkDisks(
  context: OperationContext,
  source: Machine,
  snapshot: SnapshotRecord,
  target: Machine,
): Promise<void> {
  const below = Object.values(snapshot.layers).flatMap((id) => chainOf(source.record.layers, id));
  const tops = Object.entries(snapshot.layers).map(([diskId, id]) => newLayer(diskId, id));
  const disks = tops.map((top): DiskState => {
    const virtualBytes = shownBytes(source, layerOf(source.record.layers, top.backing ?? ''));
    return { id: top.diskId, layerId: top.id, virtualBytes };
  });
  // Noted first: from here on the source keeps these layers.
  target.save((record) => ({ ...record, layers: [...below.map((layer) => borrowed(source, layer)), ...tops], disks }));
  await createOverlayFiles(target, Object.fromEntries(tops.map((top) => [top.diskId, top])), context.signal);
}

async function copyDisks(
  context: OperationContext,
  source: Machine,
  snapshot: SnapshotRecord,
  target: Machine,
): Promise<void> {
  const entries = Object.entries(snapshot.layers);
  const layers: Layer[] = [];
  const disks: DiskState[] = [];
  for (const [index, [diskId, id]] of entries.entries()) {
    const top = newLayer(diskId, null);
    const node = layerNode(source.record.layers, id, (layer) => pathOfLayer(source, layer), true);
    await convertImage(node, pathOfLayer(target, top), {
      signal: context.signal,
      progress: (fraction) => context.progress((index + fraction) / entries.length, 'Copying disks'),
    });
    layers.push(top);
    disks.push({
      id: diskId,
      layerId: top.id,
      virtualBytes: shownBytes(source, layerOf(source.record.layers, id)),
    });
  }
  target.save((record) => ({ ...record, layers, disks }));
}

/** Gives a clone the UEFI variables of that moment, which hold what its system boots from; where nobody kept them, those of now. */
function giveVariables(source: Machine, { variablesFile }: SnapshotRecord, target: Machine): void {
  const from =
    variablesFile === undefined
      ? variablesPath(source)
      : variablesFile === null
        ? null
        : keptVariablesPath(source, variablesFile);
  if (from !== null && existsSync(from)) {
    copyVariables(from, variablesPath(target));
  }
}

/**
 * Makes a new stopped machine from a snapshot, or from the present state (`snapshotId` null), which is frozen for it. `linked` stands on
 * the frozen layers, which the source then keeps; else all data is copied. The memory of a snapshot is not cloned: the clone boots.
 * Idempotent on the target's id; after a failure nothing of it is left.
 */
export async function cloneMachine(
  context: OperationContext,
  env: MachineEnvironment,
  source: Machine,
  snapshotId: string | null,
  target: CloneTarget,
  options: { linked: boolean },
): Promise<Handle> {
  const known = env.find(target.id);
  if (known !== null && known.record.intent?.kind !== 'create') {
    return handleOf(known);
  }
  env.destroy(target.id);
  const passing = snapshotId === null ? randomUUID() : null;
  if (passing !== null) {
    await freezePresent(context, source, passing, target.spec.name);
  }
  try {
    return await cloneFrom(context, env, source, snapshotRecord(source, snapshotId ?? passing ?? ''), target, options);
  } finally {
    if (passing !== null) {
      // Layers that the clone shares stay; what was frozen only for a copy is merged back.
      await removeSnapshot({ ...context, signal: new AbortController().signal }, env, source, passing);
    }
  }
}

/** Takes the snapshot that is there for the clone alone. The intent stays until it is removed. */
async function freezePresent(
  context: OperationContext,
  source: Machine,
  passing: string,
  cloneName: string,
): Promise<void> {
  try {
    await createSnapshot(context, source, {
      id: passing,
      name: `For the clone ${cloneName}`.slice(0, maxNameLength),
      kind: 'disk',
      automatic: true,
      next: newIntent('clone', [], { passingId: passing }),
    });
  } catch (error) {
    source.save((record) => ({
      ...withoutSnapshot(record, passing),
      intent: record.intent?.kind === 'clone' ? null : record.intent,
    }));
    throw error;
  }
}

async function cloneFrom(
  context: OperationContext,
  env: MachineEnvironment,
  source: Machine,
  snapshot: SnapshotRecord,
  target: CloneTarget,
  options: { linked: boolean },
): Promise<Handle> {
  const machine = env.create(
    newRecord(target.id, target.spec, { kind: 'create', startedAtMs: Date.now(), newFiles: [] }),
  );
  try {
    await failpoint('qemu.clone.intent');
    if (options.linked) {
      await linkDisks(context, source, snapshot, machine);
    } else {
      await copyDisks(context, source, snapshot, machine);
    }
    giveVariables(source, snapshot, machine);
    await failpoint('qemu.clone.disks');
    context.signal.throwIfAborted();
    machine.save((record) => ({ ...record, intent: null }));
  } catch (error) {
    env.destroy(target.id);
    throw context.signal.aborted
      ? new NovaError('cancelled', `The clone "${target.spec.name}" was cancelled; nothing of it is left.`, {
          cause: error,
        })
      : error;
  }
  return handleOf(machine);
}
