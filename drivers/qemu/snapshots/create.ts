import { existsSync, statfsSync } from 'node:fs';
import type { OperationContext, Snapshot, SnapshotKind } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { withFrozenDisks } from '../agent/freeze.ts';
import { keepScreen, takeScreen } from '../display/screen.ts';
import type { Machine } from '../machine/machine.ts';
import {
  copyVariables,
  keptVariablesPath,
  snapshotVariablesFile,
  syncVariables,
  variablesPath,
} from '../machine/nvram.ts';
import type { Intent, SnapshotRecord } from '../machine/record.ts';
import { firmwareNodes } from '../plan/arguments.ts';
import type { QmpClient } from '../qmp/types.ts';
import { consoleTail } from './console-tail.ts';
import { memoryPath, pathOfLayer } from './files.ts';
import { assertNoIntent, newIntent, setStage } from './intent.ts';
import { putOnTop, topLayers } from './layers.ts';
import { memoryBlockers } from './migration.ts';
import { createOverlayFiles, cutDisks, openOverlays, planOverlays } from './overlays.ts';
import { residentBytes } from './resident.ts';
import { type SaveMemory, saveMemory } from './save-memory.ts';
import { letRun } from './status.ts';
import { snapshotOf } from './tree.ts';
import { undoSnapshot } from './undo.ts';

/** What is asked for. */
export type CreateSnapshot = {
  id: string;
  name: string;
  notes?: string;
  kind: SnapshotKind;
  automatic?: boolean;
  /** What happens to a running guest whose memory is saved; default `run`. */
  after?: SaveMemory['after'];
  /** The intent that follows in the same write: the snapshot is one step of something larger. */
  next?: Intent;
};

/** The kind that a machine can give for the kind that was asked for. Throws `wrong_state` where it can't. */
export function settleKind(machine: Machine, running: boolean, kind: SnapshotKind): SnapshotKind {
  const disks = machine.record.disks.length > 0;
  const memory = kind === 'memory' || kind === 'disk+memory';
  if (memory && !running) {
    throw new NovaError(
      'wrong_state',
      `"${machine.record.spec.name}" does not run, so there is no memory to save. Take a snapshot of the disks, or start it first.`,
    );
  }
  if (memory) {
    return disks ? 'disk+memory' : 'memory';
  }
  return kind === 'disk' && disks ? 'disk' : 'config';
}

function assertSpace(machine: Machine, bytes: number): void {
  const { bavail, bsize } = statfsSync(machine.paths.memory);
  if (bavail * bsize < bytes) {
    throw new NovaError(
      'resource_exhausted',
      `A memory snapshot of "${machine.record.spec.name}" needs up to ${bytes} bytes, and ${bavail * bsize} are free in ${machine.paths.memory}. Free space, or snapshot the disks only.`,
      { retryable: true },
    );
  }
}

async function assertMemoryPossible(machine: Machine, client: QmpClient): Promise<void> {
  const blockers = await memoryBlockers(client);
  if (blockers.length > 0) {
    throw new NovaError(
      'unsupported',
      `The memory of "${machine.record.spec.name}" cannot be saved: ${blockers.join('; ')}. Take a snapshot of the disks only.`,
      { details: { blockers } },
    );
  }
  assertSpace(machine, residentBytes(machine));
}

/** Devices and arguments with which the saved memory fits. `-incoming` belonged to the way it was started. */
function savedArguments(argv: readonly string[]): string[] {
  const at = argv.indexOf('-incoming');
  return at === -1 ? [...argv] : [...argv.slice(0, at), ...argv.slice(at + 2)];
}

function recordOf(
  machine: Machine,
  request: CreateSnapshot,
  kind: SnapshotKind,
  { pauseMs, variables }: { pauseMs: number; variables: string | null },
): SnapshotRecord {
  const { record } = machine;
  const memory = kind === 'memory' || kind === 'disk+memory';
  return {
    id: request.id,
    name: request.name,
    notes: request.notes ?? '',
    kind,
    parentId: record.currentId,
    createdAtMs: Date.now(),
    automatic: request.automatic ?? false,
    pauseMs,
    consoleTail: consoleTail(machine.paths),
    layers: kind === 'disk' || kind === 'disk+memory' ? topLayers(record) : {},
    memoryFile: memory ? `${request.id}.mem` : null,
    variablesFile: variables,
    argv: memory && record.run !== null ? savedArguments(record.run.argv) : null,
    hotplugged: memory ? (record.run?.hotplugged ?? []) : [],
    spec: record.spec,
  };
}

/**
 * Takes a snapshot: the present layers are frozen and new ones put on top, at one instant for all disks and, where asked for, the
 * memory. Asking again with the same id returns what is there. After a failure the tree is as before.
 */
export async function createSnapshot(
  context: OperationContext,
  machine: Machine,
  request: CreateSnapshot,
): Promise<Snapshot> {
  const known = machine.record.snapshots.find((snapshot) => snapshot.id === request.id);
  if (known !== undefined) {
    return snapshotOf(machine, known);
  }
  assertNoIntent(machine);
  const client = await machine.qmp();
  const kind = settleKind(machine, client !== null, request.kind);
  const memory = kind === 'memory' || kind === 'disk+memory';
  const overlays = kind === 'disk' || kind === 'disk+memory' ? planOverlays(topLayers(machine.record)) : {};
  if (memory && client !== null) {
    await assertMemoryPossible(machine, client);
  }
  const file = memory ? memoryPath(machine, `${request.id}.mem`) : null;
  const variables = existsSync(variablesPath(machine)) ? snapshotVariablesFile(request.id) : null;
  const newFiles = [
    ...Object.values(overlays).map((overlay) => pathOfLayer(machine, overlay)),
    ...(file === null ? [] : [file]),
    ...(variables === null ? [] : [keptVariablesPath(machine, variables)]),
  ];
  // Whatever is to come after it: a snapshot that is undone leaves the guest as it was.
  const wasRunning = client !== null && (await running(client));
  const screen = client === null ? null : await takeScreen(machine, client);
  machine.save((record) => ({
    ...record,
    intent: newIntent('snapshot', newFiles, {
      stage: 'prepare',
      overlays,
      wasRunning,
    }),
  }));
  const cutNow = async (): Promise<void> => {
    if (client !== null) {
      await cutDisks(machine, client, overlays);
    }
    if (variables !== null) {
      copyVariables(variablesPath(machine), keptVariablesPath(machine, variables));
    }
  };
  // Told before: nothing is to be told while the guest stands.
  for (const overlay of Object.values(overlays))
    context.log(`${client === null ? 'new layer' : 'blockdev-snapshot onto'} ${pathOfLayer(machine, overlay)}`);
  if (file !== null) context.log(`migrate to ${file}`);
  let recorded = false;
  try {
    await failpoint('qemu.snapshot.intent');
    await createOverlayFiles(machine, overlays, context.signal);
    await failpoint('qemu.snapshot.overlays');
    let pauseMs = 0;
    if (client !== null) {
      await openOverlays(machine, client, overlays);
      setStage(machine, 'cut');
      pauseMs = await cutRunning(context, machine, client, { file, cut: cutNow, after: request.after ?? 'run' });
    } else {
      await cutNow();
    }
    if (variables !== null) {
      syncVariables(machine, keptVariablesPath(machine, variables));
    }
    context.signal.throwIfAborted();
    const snapshot = recordOf(machine, request, kind, { pauseMs, variables });
    machine.save((record) => ({
      ...putOnTop(record, overlays),
      snapshots: [...record.snapshots, snapshot],
      currentId: snapshot.id,
      intent: request.next ?? null,
    }));
    recorded = true;
    keepScreen(machine, snapshot.id, screen);
    await failpoint('qemu.snapshot.recorded');
    return snapshotOf(machine, snapshot);
  } catch (error) {
    if (!recorded) {
      await undoSnapshot(machine);
    }
    if (context.signal.aborted) {
      throw new NovaError('cancelled', 'The snapshot was cancelled; the machine is as before.', { cause: error });
    }
    throw error;
  }
}

async function running(client: QmpClient): Promise<boolean> {
  return (await client.execute<{ status: string }>('query-status')).status === 'running';
}

/** Whether the present run writes UEFI variables. */
function hasUefi(machine: Machine): boolean {
  return machine.record.run?.argv.some((word) => word.includes(`"node-name":"${firmwareNodes.variables}"`)) ?? false;
}

/** Does something at an instant of the guest's: no transaction of QEMU holds the chip with the UEFI variables. */
async function whileStanding(client: QmpClient, action: () => Promise<void>): Promise<void> {
  if (!(await running(client))) {
    await action();
    return;
  }
  await client.execute('stop', undefined, { timeoutMs: 60_000 });
  try {
    await action();
  } finally {
    await letRun(client);
  }
}

async function cutRunning(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  request: { file: string | null; cut: () => Promise<void>; after: SaveMemory['after'] },
): Promise<number> {
  const { file, cut, after } = request;
  if (file !== null) {
    return (await saveMemory(context, machine, client, { file, cut, after })).pauseMs;
  }
  return await withFrozenDisks(
    machine,
    (text) => context.log(text),
    async () => {
      const begun = performance.now();
      await (hasUefi(machine) ? whileStanding(client, cut) : cut());
      return Math.round(performance.now() - begun);
    },
  );
}
