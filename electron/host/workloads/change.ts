import type { Driver, KeptGroup, OperationContext } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Resources, WorkloadSpec } from '../../../drivers/spec.ts';
import type { Job, Workload } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { checkSettings, creatingRow, keepOrRemove, undoIfFailed, undoIfRefused } from './create.ts';
import { refreshSnapshots } from './observe.ts';
import { limits, runOperation } from './operation.ts';
import { recoverAgain } from './recover.ts';
import { type WorkloadRecord, workloadView } from './registry.ts';

/** Gives it another name. Throws `already_exists`, `wrong_state` while something else runs on it. */
export async function rename(host: HostContext, record: WorkloadRecord, name: string): Promise<Workload> {
  const { registry } = host;
  registry.refuseTakenName(name, record.id);
  if (!record.queue.idle()) {
    throw new NovaError(
      'wrong_state',
      `"${record.row.spec.name}" is busy with ${record.verbs[0] ?? 'its recovery'}. Rename it afterwards.`,
      {
        retryable: true,
      },
    );
  }
  await new Promise<void>((resolve, reject) => {
    record.queue.add(async () => {
      try {
        await registry.driver(record).rename?.(registry.ref(record), name);
        registry.refuseTakenName(name, record.id);
        registry.change(record, { spec: { ...record.row.spec, name } });
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
  return workloadView(record);
}

/**
 * Changes the spec: live fields at once, the others with the next start. Throws at once `invalid_spec` for a spec of
 * another driver and `unsupported` for a change that can't be.
 */
export function update(
  host: HostContext,
  record: WorkloadRecord,
  wanted: WorkloadSpec,
  verb: 'update' | 'resize' = 'update',
): { job: Job } {
  const { registry } = host;
  const driver = registry.driver(record);
  if (wanted.driver !== record.row.spec.driver) {
    throw new NovaError('invalid_spec', 'A workload keeps its driver. Make a new one with the other driver.', {
      details: { field: 'driver' },
    });
  }
  registry.refuseTakenName(wanted.name, record.id);
  const checked = checkSettings(driver, wanted);
  for (const change of driver.diff(record.row.spec, checked)) {
    if (change.effect === 'refused') {
      throw new NovaError('unsupported', change.why ?? `${change.field} can't be changed.`, {
        details: { field: change.field },
      });
    }
  }
  return runOperation(host, record, {
    verb,
    idleLimitMs: limits.startMs,
    outcome: (result) => (result as Applied).lagging ?? '',
    run: async ({ context }): Promise<Applied> => {
      const before = record.row.spec;
      const to = { ...(await driver.resolve(checked)), name: before.name };
      const answer = await applyUpdate(host, record, driver, context, to);
      if (checked.name !== before.name) {
        await driver.rename?.(registry.ref(record), checked.name);
        registry.change(record, { spec: { ...to, name: checked.name } });
      }
      return answer;
    },
  });
}

/** What came of a change: what is confirmed, and what does not follow in a sentence. */
type Applied = { confirmed?: Resources; lagging: string | null };

async function applyUpdate(
  host: HostContext,
  record: WorkloadRecord,
  driver: Driver,
  context: OperationContext,
  to: WorkloadSpec,
): Promise<Applied> {
  const { registry } = host;
  if (!driver.update) {
    registry.change(record, { spec: to });
    return { lagging: null };
  }
  registry.change(record, { intent: { kind: 'update', spec: to } });
  try {
    const done = await driver.update(context, registry.ref(record), to);
    registry.change(record, { spec: to, handle: done.handle, intent: null });
    return { confirmed: done.confirmed, lagging: done.lagging ?? null };
  } catch (error) {
    // What the driver did counts, and nothing is tried again that was told as failed.
    if (!recoverAgain(host, record, { kind: 'revert' }, error)) registry.change(record, { intent: null });
    throw error;
  }
}

/** Brings back what the driver kept of before the last change that made it anew; the present one is kept in its stead. */
export function revert(host: HostContext, record: WorkloadRecord): { job: Job } {
  const { registry } = host;
  const { kept } = keptGroup(host, record);
  return runOperation(host, record, {
    verb: 'revert',
    idleLimitMs: limits.startMs,
    run: async ({ context }) => {
      registry.change(record, { intent: { kind: 'revert' } });
      try {
        const done = await kept.revert(context, registry.ref(record));
        registry.change(record, { spec: done.spec, handle: done.handle, intent: null });
        return {};
      } catch (error) {
        if (!recoverAgain(host, record, { kind: 'revert' }, error)) registry.change(record, { intent: null });
        throw error;
      }
    },
  });
}

/** Removes what the driver kept of before a change. */
export function dropKept(host: HostContext, record: WorkloadRecord): { job: Job } {
  const { kept } = keptGroup(host, record);
  return runOperation(host, record, {
    verb: 'drop-kept',
    idleLimitMs: limits.startMs,
    run: async ({ context }) => {
      await kept.drop(context, host.registry.ref(record));
      return {};
    },
  });
}

function keptGroup(host: HostContext, record: WorkloadRecord): { kept: KeptGroup } {
  const { kept, name } = host.registry.driver(record);
  if (kept === undefined) {
    throw new NovaError('unsupported', `${name} keeps nothing of before a change; change it back instead.`);
  }
  return { kept };
}

/** Changes CPU and memory; a value that is not given stays. */
export function resize(host: HostContext, record: WorkloadRecord, resources: Resources): { job: Job } {
  const { spec } = record.row;
  return update(host, record, { ...spec, resources: { ...spec.resources, ...resources } }, 'resize');
}

/** Makes a new workload from the present state or a snapshot. Waits in the source's queue. */
export function clone(
  host: HostContext,
  source: WorkloadRecord,
  options: { snapshot?: string; name: string; linked: boolean },
): { job: Job } {
  const { registry } = host;
  const driver = registry.driver(source);
  if (!driver.snapshots) {
    host.drivers.refuse(driver.name, 'clone');
  }
  registry.refuseTakenName(options.name);
  const { snapshots } = driver;
  const spec: WorkloadSpec = { ...source.row.spec, name: options.name, protected: false };
  const target = registry.add(creatingRow(host, spec));
  return undoIfRefused(host, target, () =>
    runOperation(host, source, {
      verb: 'clone',
      idleLimitMs: limits.longMs,
      run: async ({ context }) => {
        await undoIfFailed(host, target, async () => {
          const snapshotId = options.snapshot ? await findSnapshot(host, source, options.snapshot) : null;
          const ref = registry.ref(source);
          const own = (await snapshots.cloneSpec?.(ref, snapshotId, spec)) ?? spec;
          registry.change(target, { spec: own });
          const asked = { id: target.id, spec: own };
          const handle = await snapshots.clone(context, ref, snapshotId, asked, { linked: options.linked });
          await keepOrRemove(host, target, driver, {
            spec: own,
            handle,
            reason: `Cloned from ${source.row.spec.name}.`,
          });
        });
        return { workloadId: target.id };
      },
    }),
  );
}

/** The id of a snapshot named by id or by name; of several with one name the newest. Throws `not_found`. */
export async function findSnapshot(host: HostContext, record: WorkloadRecord, key: string): Promise<string> {
  const tree = await refreshSnapshots(host, record);
  const found =
    tree.snapshots.find((snapshot) => snapshot.id === key) ??
    tree.snapshots
      .filter((snapshot) => snapshot.name === key)
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
      .at(-1);
  if (!found) {
    throw new NovaError('not_found', `"${record.row.spec.name}" has no snapshot "${key}".`, {
      details: { snapshot: key },
    });
  }
  return found.id;
}
