import { randomBytes } from 'node:crypto';
import type { Driver, Handle } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import type { Job } from '../../bridge/contract.ts';
import type { WorkloadRow } from '../../inventory/workloads.ts';
import type { HostContext } from '../context.ts';
import { start } from './lifecycle.ts';
import { refresh } from './observe.ts';
import { limits, runOperation } from './operation.ts';
import type { WorkloadRecord } from './registry.ts';

/** An id for a workload or snapshot: 80 random bits, short enough for a socket's path. */
export function newId(): string {
  return randomBytes(10).toString('hex');
}

/** The row of a workload that is about to be made: stored before the first side effect. */
export function creatingRow(host: HostContext, spec: WorkloadSpec): WorkloadRow {
  return {
    id: newId(),
    hostId: host.hostId,
    spec,
    handle: null,
    desired: 'stopped',
    observation: { phase: 'creating', reason: 'Is being made.' },
    intent: { kind: 'create' },
    currentSnapshotId: null,
    createdAtMs: Date.now(),
    trashedUntilMs: null,
  };
}

/** Makes a workload. Throws at once `invalid_spec`, `already_exists`, `unsupported` and what the inventory throws. */
export function create(
  host: HostContext,
  input: { spec: WorkloadSpec; start: boolean; catalogue?: string },
): { job: Job } {
  const driver = host.drivers.get(input.spec.driver);
  host.registry.refuseTakenName(input.spec.name);
  const catalogue = input.catalogue;
  if (catalogue === undefined) {
    checkSettings(driver, input.spec);
  } else if (!host.catalogue) {
    throw new NovaError('unsupported', 'This host has no catalogue. Name a disk image, a CD image or a kernel.');
  }
  const record = host.registry.add(creatingRow(host, input.spec));
  return undoIfRefused(host, record, () =>
    runOperation(host, record, {
      verb: 'create',
      idleLimitMs: limits.longMs,
      run: async ({ context }) => {
        await undoIfFailed(host, record, async () => {
          let spec = input.spec;
          if (catalogue !== undefined && host.catalogue) {
            const base = await host.catalogue.prepare(context, catalogue);
            spec = {
              ...spec,
              settings: { ...base.settings, ...spec.settings },
              resources: { ...base.resources, ...spec.resources },
            };
          }
          spec = await resolveNew(driver, spec);
          host.registry.change(record, { spec });
          context.progress(null, 'Making it');
          const handle = await driver.create(context, record.id, spec);
          await keepOrRemove(host, record, driver, { spec, handle, reason: 'Not started yet.' });
        });
        if (input.start) {
          startAfter(host, record);
        }
        return { workloadId: record.id };
      },
    }),
  );
}

/** The spec of a workload that is to be made, placed and completed. Throws `invalid_spec`. */
export function resolveNew(driver: Driver, spec: WorkloadSpec): Promise<WorkloadSpec> {
  const checked = checkSettings(driver, spec);
  return driver.resolve(driver.place?.(checked) ?? checked);
}

/** The spec with its settings checked and completed by the driver's schema. Throws `invalid_spec`. */
export function checkSettings(driver: Driver, spec: WorkloadSpec): WorkloadSpec {
  const parsed = driver.settingsSchema.safeParse(spec.settings);
  if (parsed.success) {
    return { ...spec, settings: parsed.data };
  }
  const issue = parsed.error.issues[0];
  const field = ['settings', ...(issue?.path ?? [])].join('.');
  const why = issue?.message ?? 'not valid';
  throw new NovaError('invalid_spec', `${field}: ${why}`, { details: { field, why } });
}

/** Takes the row back when the job could not even be recorded. */
export function undoIfRefused<T>(host: HostContext, record: WorkloadRecord, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    host.registry.remove(record);
    throw error;
  }
}

/** Runs the making of a workload; after a failure its row goes, because the driver leaves nothing of it. */
export async function undoIfFailed(
  host: HostContext,
  record: WorkloadRecord,
  make: () => Promise<void>,
): Promise<void> {
  try {
    await make();
  } catch (error) {
    try {
      host.registry.remove(record);
    } catch (second) {
      // The row stays with its intent; the next start undoes it.
      host.logger.warn({ err: second, workload: record.id }, 'the row of a failed create could not be removed');
    }
    throw error;
  }
}

/** Stores a workload that was just made; where that fails the engine's side is removed again, so that nothing is left. */
export async function keepOrRemove(
  host: HostContext,
  record: WorkloadRecord,
  driver: Driver,
  made: { spec: WorkloadSpec; handle: Handle; reason: string },
): Promise<void> {
  const { spec, handle } = made;
  try {
    host.registry.change(record, {
      handle,
      intent: null,
      observation: { phase: 'stopped', reason: made.reason },
    });
  } catch (error) {
    const ref = { id: record.id, name: spec.name, spec, handle };
    const context = { signal: host.signal, progress: () => {}, log: () => {}, saveHandle: () => {} };
    await driver.remove(context, ref).catch((second: unknown) => {
      host.logger.error({ err: second, workload: record.id }, 'what could not be stored could not be removed either');
    });
    throw error;
  }
}

function startAfter(host: HostContext, record: WorkloadRecord): void {
  try {
    start(host, record);
  } catch (error) {
    host.logger.warn({ err: error, workload: record.id }, 'the start after a create was refused');
  }
}

/** Takes a workload that others made into our care. Throws `unsupported`, `not_found`, `already_exists`. */
export async function adopt(
  host: HostContext,
  input: { driver: WorkloadSpec['driver']; engineId: string },
  id: string = newId(),
): Promise<WorkloadRecord> {
  const driver = host.drivers.get(input.driver);
  if (!driver.adopt) {
    host.drivers.refuse(driver.name, 'discover');
  }
  const { spec, handle } = await driver.adopt(input.engineId, id);
  const name = freeName(host, spec.name);
  const record = host.registry.add({
    ...creatingRow(host, { ...spec, name }),
    id,
    handle,
    intent: null,
    observation: { phase: 'unknown', reason: 'Just adopted.' },
  });
  await refresh(host, record);
  host.registry.note(record, {
    desired:
      record.row.observation.phase === 'running' || record.row.observation.phase === 'paused' ? 'running' : 'stopped',
  });
  return record;
}

function freeName(host: HostContext, name: string): string {
  const taken = new Set(host.registry.all().map((record) => record.row.spec.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) {
    free = `${name.slice(0, 58)}-${number}`;
  }
  return free;
}
