import { NovaError } from '../../../drivers/errors.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { stopPolicy } from './lifecycle.ts';
import { limits, runOperation } from './operation.ts';
import type { WorkloadRecord } from './registry.ts';

/** Milliseconds in an hour. */
const hourMs = 3_600_000;

/**
 * Stops it and moves it to the trash; removes it for good with `now` or without a trash. With `force` it is ended at once, and what it is
 * busy with is cancelled: a removal that waits for an orderly end too. Throws `conflict` when protected.
 */
export function remove(
  host: HostContext,
  record: WorkloadRecord,
  options: { now: boolean; force?: boolean | undefined },
): { job: Job } {
  const { name } = record.row.spec;
  if (record.row.spec.protected) {
    throw new NovaError('conflict', `"${name}" is protected against removal. Switch the protection off first.`);
  }
  const policy = stopPolicy(host, { force: true, ...(options.force === true ? { graceSeconds: 0 } : {}) });
  if (options.force === true) {
    host.jobs.cancelWorkload(record.id);
  }
  const hours = host.settings.get().trashHours;
  if (options.now || hours === 0 || record.row.handle === null) {
    return removeNow(host, record);
  }
  return runOperation(host, record, {
    verb: 'remove',
    idleLimitMs: limits.quickMs + policy.graceMs,
    trashed: true,
    front: options.force === true,
    run: async ({ driver, context }) => {
      if (record.row.trashedUntilMs !== null) {
        return;
      }
      host.registry.change(record, { desired: 'stopped' });
      await driver.stop(context, host.registry.ref(record), policy);
      host.registry.change(record, { trashedUntilMs: Date.now() + hours * hourMs });
    },
  });
}

/** Ends it by force and removes all of it. A host that dies in between finishes it at its next start. */
export function removeNow(host: HostContext, record: WorkloadRecord): { job: Job } {
  return runOperation(host, record, {
    verb: 'remove',
    idleLimitMs: limits.longMs,
    trashed: true,
    run: async ({ driver, context }) => {
      if (record.row.handle === null || record.row.intent?.kind === 'create') {
        // Left by a create that hung: the driver removes all of an id that comes without a handle.
        await driver.recover(record.id, record.row.spec, null);
        host.registry.remove(record);
        return;
      }
      host.registry.change(record, { intent: { kind: 'remove' }, desired: 'stopped' });
      try {
        await driver.remove(context, host.registry.ref(record));
      } catch (error) {
        const kept = error instanceof NovaError && error.code !== 'interrupted' && !(await isGone(host, record));
        if (kept) {
          // Refused (a clone stands on it) or cancelled: it is offered again as it was.
          host.registry.change(record, { intent: null });
        }
        throw error;
      }
      host.registry.remove(record);
    },
  });
}

/** Whether the engine has nothing of it any more: a removal that got so far is finished at the next start, not given up. */
export async function isGone(host: HostContext, record: WorkloadRecord): Promise<boolean> {
  try {
    const observation = await host.registry.driver(record).inspect(host.registry.ref(record));
    return observation.phase === 'lost';
  } catch {
    // In doubt it is offered again: what somebody goes on to use must not be removed by the next start.
    return false;
  }
}

/** Takes it out of the trash. Throws `already_exists` when its name was given away meanwhile. */
export function restoreFromTrash(host: HostContext, record: WorkloadRecord): void {
  if (record.row.trashedUntilMs === null) {
    return;
  }
  host.registry.refuseTakenName(record.row.spec.name, record.id);
  host.registry.change(record, { trashedUntilMs: null });
}

/** Removes for good what has lain in the trash beyond its time. */
export function sweepTrash(host: HostContext, nowMs: number): void {
  for (const record of host.registry.all()) {
    const until = record.row.trashedUntilMs;
    if (until === null || until > nowMs || !record.recovered || record.verbs.includes('remove')) {
      continue;
    }
    try {
      removeNow(host, record);
    } catch (error) {
      host.logger.warn({ err: error, workload: record.id }, 'the trash could not be swept');
    }
  }
}
