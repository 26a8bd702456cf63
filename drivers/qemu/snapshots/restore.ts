import { existsSync, rmSync } from 'node:fs';
import type { OperationContext, Snapshot } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { maxNameLength, type WorkloadSpec } from '../../spec.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { copyVariables, keptVariablesPath, newVariablesFile, syncVariables, variablesPath } from '../machine/nvram.ts';
import type { MachineRecord, SnapshotRecord } from '../machine/record.ts';
import { collectLayers } from './collect.ts';
import { createSnapshot } from './create.ts';
import { pathOfLayer } from './files.ts';
import { snapshotRecord } from './find.ts';
import { assertNoIntent, letGoOfMemory, newIntent } from './intent.ts';
import type { Overlays } from './layers.ts';
import { memoryBlockers } from './migration.ts';
import { createOverlayFiles, planOverlays, shownBytes } from './overlays.ts';
import { resumeSaved } from './resume.ts';
import { letRun, runState, standAgain } from './status.ts';

/** What of a spec belongs to the person, not to the moment: it is not taken back by a restore. */
function restoredSpec(now: WorkloadSpec, then: WorkloadSpec): WorkloadSpec {
  return { ...now, resources: then.resources, settings: then.settings };
}

/** The file for the UEFI variables of a snapshot; null where the present ones stay: nobody kept any, or there never were any. */
function planVariables(machine: Machine, { variablesFile }: SnapshotRecord): string | null {
  if (variablesFile === undefined) {
    return null;
  }
  const path = variablesFile === null ? variablesPath(machine) : keptVariablesPath(machine, variablesFile);
  return existsSync(path) ? newVariablesFile() : null;
}

/** Copies a snapshot's variables to where the machine is to have them. Where it had none, the next start makes new ones. */
function layVariables(machine: Machine, snapshot: SnapshotRecord, variables: string | null): void {
  if (variables !== null && snapshot.variablesFile != null) {
    const path = keptVariablesPath(machine, variables);
    copyVariables(keptVariablesPath(machine, snapshot.variablesFile), path);
    syncVariables(machine, path);
  }
}

/** The record with the disks on new tops over a snapshot's layers. The old tops stay as layers until they are collected. */
export function standOn(
  machine: Machine,
  record: MachineRecord,
  snapshot: SnapshotRecord,
  overlays: Overlays,
  variables: string | null,
): MachineRecord {
  return {
    ...record,
    ...(variables === null ? {} : { variablesFile: variables }),
    layers: [
      // Nobody writes to an old top any more; what nobody needs is collected afterwards.
      ...record.layers.map((layer) => ({ ...layer, frozen: true })),
      ...Object.values(overlays),
    ],
    disks:
      Object.keys(overlays).length === 0
        ? record.disks
        : Object.values(overlays).map((overlay) => {
            const below = record.layers.find((layer) => layer.id === overlay.backing);
            return {
              id: overlay.diskId,
              layerId: overlay.id,
              virtualBytes: below === undefined ? 0 : shownBytes(machine, below),
            };
          }),
    spec: restoredSpec(record.spec, snapshot.spec),
    currentId: snapshot.id,
    resumeFrom: snapshot.memoryFile === null ? null : snapshot.id,
  };
}

async function keepPresent(
  context: OperationContext,
  machine: Machine,
  snapshot: SnapshotRecord,
  keepId: string,
): Promise<Snapshot> {
  const client = await machine.qmp();
  const state = client === null ? null : await runState(client);
  const memory =
    client !== null && (state === 'running' || state === 'paused') && (await memoryBlockers(client)).length === 0;
  return await createSnapshot(context, machine, {
    id: keepId,
    name: `Before “${snapshot.name}”`.slice(0, maxNameLength),
    notes: '',
    kind: memory ? 'disk+memory' : 'disk',
    automatic: true,
    // What the guest did after this moment would be lost: it stands until it is ended.
    after: 'hold',
    next: newIntent('restore', [], {
      stage: 'prepare',
      wasRunning: state === 'running',
      ...(memory ? { keptId: keepId } : {}),
    }),
  });
}

function removeFiles(paths: readonly string[]): void {
  for (const path of paths) {
    rmSync(path, { force: true });
  }
}

/** Gives up before the disks were changed: the guest runs on. */
async function backOut(machine: Machine, newFiles: readonly string[], wasRunning: boolean): Promise<void> {
  removeFiles(newFiles);
  letGoOfMemory(machine);
  const client = machine.state() === 'gone' ? null : await machine.qmp();
  if (client !== null && wasRunning) {
    await letRun(client);
  } else if (client !== null && (await runState(client)) === 'postmigrate') {
    await standAgain(client);
  }
  machine.save((record) => ({ ...record, intent: null }));
}

/** The saved memory did not load: the machine goes back to what it was, running if it ran. */
async function goBack(
  context: OperationContext,
  env: MachineEnvironment,
  machine: Machine,
  before: MachineRecord,
  { newFiles, keptId }: { newFiles: readonly string[]; keptId: string | null },
  error: unknown,
): Promise<never> {
  machine.save((record) => ({
    ...record,
    layers: before.layers,
    disks: before.disks,
    variablesFile: before.variablesFile,
    spec: before.spec,
    currentId: before.currentId,
    resumeFrom: keptId ?? before.resumeFrom,
    intent: null,
  }));
  removeFiles(newFiles);
  if (keptId !== null) {
    try {
      await resumeSaved({ ...context, signal: new AbortController().signal }, env, machine);
    } catch (second) {
      context.log(`Its former state could not be resumed either: ${errorData(second).message}`);
    }
  }
  throw error;
}

/**
 * Goes back to a snapshot. The present state becomes an automatic snapshot first (`keep`), with its memory when it runs. A snapshot with
 * memory resumes running; else the machine is stopped. After a failure the machine is where it was.
 */
export async function restoreSnapshot(
  context: OperationContext,
  env: MachineEnvironment,
  machine: Machine,
  snapshotId: string,
  options: { keep: boolean; keepId: string },
): Promise<{ spec: WorkloadSpec; kept: Snapshot | null }> {
  const snapshot = snapshotRecord(machine, snapshotId);
  assertNoIntent(machine);
  const client = await machine.qmp();
  const wasRunning = client !== null && (await runState(client)) === 'running';
  const kept = options.keep ? await keepPresent(context, machine, snapshot, options.keepId) : null;
  // Only what was kept just now fits the disks: the guest has stood since.
  const keptId = kept !== null && kept.memoryBytes > 0 ? kept.id : null;
  const overlays = planOverlays(snapshot.layers);
  const variables = planVariables(machine, snapshot);
  const newFiles = [
    ...Object.values(overlays).map((overlay) => pathOfLayer(machine, overlay)),
    ...(variables === null ? [] : [keptVariablesPath(machine, variables)]),
  ];
  machine.save((record) => ({
    ...record,
    intent: newIntent('restore', newFiles, {
      stage: 'prepare',
      overlays,
      wasRunning,
      ...(keptId === null ? {} : { keptId }),
    }),
  }));
  try {
    await failpoint('qemu.restore.intent');
    await createOverlayFiles(machine, overlays, context.signal);
    layVariables(machine, snapshot, variables);
    context.signal.throwIfAborted();
  } catch (error) {
    await backOut(machine, newFiles, wasRunning);
    throw context.signal.aborted
      ? new NovaError('cancelled', 'The restore was cancelled; the machine is as before.', { cause: error })
      : error;
  }
  await env.terminate(machine, `Ended to go back to "${snapshot.name}".`);
  const before = machine.record;
  try {
    await failpoint('qemu.restore.stopped');
    machine.save((record) => ({ ...standOn(machine, record, snapshot, overlays, variables), intent: null }));
    await failpoint('qemu.restore.recorded');
    if (snapshot.memoryFile !== null) {
      await resumeSaved(context, env, machine);
    }
  } catch (error) {
    return await goBack(context, env, machine, before, { newFiles, keptId }, error);
  }
  if (variables !== null) {
    rmSync(variablesPath({ paths: machine.paths, record: before }), { force: true });
  }
  await tidy(context, env, machine);
  return { spec: machine.record.spec, kept };
}

async function tidy(context: OperationContext, env: MachineEnvironment, machine: Machine): Promise<void> {
  try {
    // Merges wait for a removal or the tidier; the restore itself is over.
    await collectLayers(context, env, machine, { merge: false });
  } catch (error) {
    context.log(`Old layers are still there: ${errorData(error).message}`);
  }
}
