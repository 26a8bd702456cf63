import type {
  SnapshotDiff,
  SnapshotGroup,
  SnapshotKind,
  SnapshotVolumes,
  WorkloadRef,
} from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { specChanges } from '../../../drivers/spec-changes.ts';
import type { Job, SnapshotView } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { findSnapshot } from './change.ts';
import { newId } from './create.ts';
import { refreshSnapshots } from './observe.ts';
import { limits, runOperation } from './operation.ts';
import { recoverAgain } from './recover.ts';
import type { WorkloadRecord } from './registry.ts';

/** The snapshots of a workload's driver. Throws `unsupported` with the reason where it has none. */
export function snapshotGroup(host: HostContext, record: WorkloadRecord): SnapshotGroup {
  const driver = host.registry.driver(record);
  if (!driver.snapshots) {
    host.drivers.refuse(driver.name, 'snapshotDisk');
  }
  return driver.snapshots;
}

/** Takes a snapshot; with memory where it runs and that can be, unless `kind` says otherwise. */
export function createSnapshot(
  host: HostContext,
  record: WorkloadRecord,
  options: { name: string; notes: string; kind?: SnapshotKind; volumes?: SnapshotVolumes },
): { job: Job } {
  const group = snapshotGroup(host, record);
  const id = newId();
  return runOperation(host, record, {
    verb: 'snapshot',
    idleLimitMs: limits.longMs,
    run: async ({ context }) => {
      const kind = options.kind ?? (await bestKind(record, group, host.registry.ref(record)));
      const snapshot = await group.create(context, host.registry.ref(record), {
        id,
        name: options.name,
        notes: options.notes,
        kind,
        ...(options.volumes === undefined ? {} : { volumes: options.volumes }),
      });
      await refreshSnapshots(host, record);
      return { snapshotId: snapshot.id, pauseMs: snapshot.pauseMs ?? null };
    },
  });
}

/** The first of the kinds that can be taken now. Throws `unsupported` with the reason. */
export async function bestKind(
  record: WorkloadRecord,
  group: SnapshotGroup,
  ref: WorkloadRef,
  order: readonly SnapshotKind[] = ['disk+memory', 'memory', 'disk', 'config'],
): Promise<SnapshotKind> {
  const { kinds } = await group.estimate(ref);
  for (const kind of order) {
    if (kinds.some((each) => each.kind === kind && each.available)) {
      return kind;
    }
  }
  const reason = kinds.find((each) => each.reason)?.reason;
  throw new NovaError('unsupported', reason ?? `"${record.row.spec.name}" can't be snapshotted now.`);
}

/** Goes back to a snapshot, given by id or name. */
export function restoreSnapshot(
  host: HostContext,
  record: WorkloadRecord,
  options: { snapshot: string; keep: boolean },
): { job: Job } {
  const group = snapshotGroup(host, record);
  const keepId = newId();
  return runOperation(host, record, {
    verb: 'restore',
    idleLimitMs: limits.longMs,
    run: async ({ context }) => {
      const { registry } = host;
      const snapshotId = await findSnapshot(host, record, options.snapshot);
      registry.change(record, { intent: { kind: 'restore', snapshotId } });
      // A restore with memory runs again, one of disks alone may not.
      const wish = async (): Promise<{ desired?: 'running' | 'stopped' }> => {
        const found = await registry
          .driver(record)
          .inspect(registry.ref(record))
          .catch(() => null);
        return found === null
          ? {}
          : { desired: found.phase === 'running' || found.phase === 'paused' ? 'running' : 'stopped' };
      };
      try {
        const done = await group.restore(context, registry.ref(record), snapshotId, { keep: options.keep, keepId });
        registry.change(record, {
          handle: done.handle,
          // The name is the workload's own and does not go back.
          spec: { ...done.spec, name: record.row.spec.name },
          intent: null,
          ...(await wish()),
        });
        await refreshSnapshots(host, record);
        await dropOldAutomatic(host, record, group, context);
        return { snapshotId, keptId: done.kept?.id ?? null };
      } catch (error) {
        if (!recoverAgain(host, record, { kind: 'restore', snapshotId }, error)) {
          registry.change(record, { intent: null, ...(await wish()) });
        }
        throw error;
      }
    },
  });
}

/** Keeps the number of automatic restore points at the user's bound. A removal that is refused is left for later. */
async function dropOldAutomatic(
  host: HostContext,
  record: WorkloadRecord,
  group: SnapshotGroup,
  context: Parameters<SnapshotGroup['remove']>[0],
): Promise<void> {
  const { registry } = host;
  const tree = await group.list(registry.ref(record));
  const old = tree.snapshots
    .filter((snapshot) => snapshot.automatic && snapshot.id !== tree.currentId)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(Math.max(host.settings.get().automaticSnapshots, 1));
  for (const snapshot of old) {
    try {
      await group.remove(context, registry.ref(record), snapshot.id);
    } catch (error) {
      host.logger.info({ err: error, snapshot: snapshot.id }, 'an old automatic snapshot stays');
    }
  }
  if (old.length > 0) {
    await refreshSnapshots(host, record);
  }
}

/** Removes one, given by id or name. */
export function removeSnapshot(host: HostContext, record: WorkloadRecord, key: string): { job: Job } {
  const group = snapshotGroup(host, record);
  return runOperation(host, record, {
    verb: 'snapshot-remove',
    idleLimitMs: limits.longMs,
    run: async ({ context }) => {
      const snapshotId = await findSnapshot(host, record, key);
      await group.remove(context, host.registry.ref(record), snapshotId);
      await refreshSnapshots(host, record);
      return { snapshotId };
    },
  });
}

/** Changes name or notes of one. */
export async function updateSnapshot(
  host: HostContext,
  record: WorkloadRecord,
  key: string,
  change: { name?: string; notes?: string },
): Promise<SnapshotView> {
  const group = snapshotGroup(host, record);
  const snapshotId = await findSnapshot(host, record, key);
  const snapshot = await group.update(host.registry.ref(record), snapshotId, change);
  await refreshSnapshots(host, record);
  return { ...snapshot, workloadId: record.id };
}

/** What differs between two snapshots, or one and the present state. A driver that can't tell more is answered by the specs. */
export async function diffSnapshots(
  host: HostContext,
  record: WorkloadRecord,
  from: string,
  to: string | undefined,
): Promise<SnapshotDiff> {
  const group = snapshotGroup(host, record);
  const fromId = await findSnapshot(host, record, from);
  const toId = to === undefined ? null : await findSnapshot(host, record, to);
  if (group.diff) {
    return await group.diff(host.registry.ref(record), fromId, toId);
  }
  const { snapshots } = await group.list(host.registry.ref(record));
  const specOf = (id: string | null) => snapshots.find((each) => each.id === id)?.spec ?? record.row.spec;
  return { fields: specChanges(specOf(fromId), specOf(toId)) };
}
