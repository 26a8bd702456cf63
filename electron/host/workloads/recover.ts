import type { Driver, Handle, Observation, Phase } from '../../../drivers/driver.ts';
import { errorData, NovaError } from '../../../drivers/errors.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import type { Intent } from '../../inventory/workloads.ts';
import type { HostContext } from '../context.ts';
import { pause, within } from '../time.ts';
import type { WorkloadRecord } from './registry.ts';
import { isGone } from './remove.ts';

/** One workload has this long to be found at the start; then its operations are offered and it is looked for again, milliseconds. */
const recoverLimitMs = 10_000;
/** A guest that follows a change does so within 0.3 s; one that does not must not hold up a recovery, milliseconds. */
const patienceMs = 500;
/** Waits between later attempts, milliseconds. */
const retryWaitsMs = [5000, 10_000, 30_000, 60_000];
/** The same after a change that an engine held up: most go on soon. */
const againWaitsMs = [1000, ...retryWaitsMs];

/** Phases in which a workload has a process. */
const runs: ReadonlySet<Phase> = new Set(['running', 'paused']);

/**
 * Finds one workload again after the start of the host and finishes or undoes what was half done. Resolves when it is
 * found or its time is over; further attempts then go on by themselves. `whenFound` is called once it is found, now or
 * then. Never throws.
 */
export async function recover(host: HostContext, record: WorkloadRecord, whenFound: () => void): Promise<void> {
  if (await attempt(host, record)) {
    whenFound();
    return;
  }
  void retry(host, record, whenFound);
}

/**
 * After a change that failed with `error`: where its engine may still do it, or has half of it, the workload is looked for again as after
 * the start of the host, and `intent` stays until it is known what came of it. False where there is nothing to wait for. Throws what the
 * inventory throws.
 */
export function recoverAgain(host: HostContext, record: WorkloadRecord, intent: Intent, error: unknown): boolean {
  const { spec } = record.row;
  const held = error instanceof NovaError && error.retryable && ['timeout', 'engine_unavailable'].includes(error.code);
  if (!held || host.registry.driver(record).recoversAgain !== true) return false;
  host.registry.change(record, { intent });
  record.recovered = false;
  const told = () => {
    const same = JSON.stringify(record.row.spec) === JSON.stringify(spec);
    host.events.add({
      workloadId: record.id,
      kind: 'settled',
      message: `${spec.driver} answers again, and what it held up of "${spec.name}" is settled${same ? '' : ': the change was made'}.`,
    });
  };
  void retry(host, record, told, againWaitsMs);
  return true;
}

async function retry(
  host: HostContext,
  record: WorkloadRecord,
  whenFound: () => void,
  waitsMs: readonly number[] = retryWaitsMs,
): Promise<void> {
  for (let round = 0; !host.signal.aborted; round += 1) {
    await pauseOrHealthy(host, record, waitsMs[round] ?? waitsMs.at(-1) ?? 0);
    if (host.signal.aborted || host.registry.get(record.id) !== record) {
      return;
    }
    if (record.queue.idle() && (await attempt(host, record))) {
      whenFound();
      return;
    }
  }
}

/** Waits, but not longer than until the engine is well again. */
async function pauseOrHealthy(host: HostContext, record: WorkloadRecord, ms: number): Promise<void> {
  const healthy = new AbortController();
  const forget = host.drivers.onHealth((driver, probe) => {
    if (driver.name === record.row.spec.driver && probe.health === 'healthy') {
      healthy.abort();
    }
  });
  await pause(ms, AbortSignal.any([host.signal, healthy.signal]));
  forget();
}

async function attempt(host: HostContext, record: WorkloadRecord): Promise<boolean> {
  const { intent, spec, handle } = record.row;
  const { name } = spec;
  try {
    const driver = host.registry.driver(record);
    // A create that was cut off is undone: the driver removes all of an id that comes without a handle.
    const known = intent?.kind === 'create' ? null : handle;
    const found = await within(
      driver.recover(record.id, spec, known, record.known),
      recoverLimitMs,
      `${spec.driver} did not find "${name}" within ${recoverLimitMs / 1000} s. It is looked for again.`,
    );
    if (host.signal.aborted || host.registry.get(record.id) !== record) {
      return true;
    }
    await settle(host, record, driver, found, intent);
    record.recovered = true;
    return true;
  } catch (error) {
    if (host.registry.get(record.id) === record) {
      host.registry.observe(record, { phase: 'unknown', reason: errorData(error).message });
    }
    host.logger.warn({ err: error, workload: record.id }, 'a workload could not be recovered yet');
    return false;
  }
}

async function settle(
  host: HostContext,
  record: WorkloadRecord,
  driver: Driver,
  found: { observation: Observation; handle: Handle | null; spec?: WorkloadSpec },
  intent: Intent | null,
): Promise<void> {
  const { registry } = host;
  const { name } = record.row.spec;
  const take = (patch: { spec?: WorkloadSpec; desired?: 'running' } = {}) => {
    const changed = JSON.stringify(found.handle) !== JSON.stringify(record.row.handle);
    if (intent !== null || changed || patch.spec) {
      registry.change(record, { ...patch, handle: found.handle ?? record.row.handle, intent: null });
    }
    registry.observe(record, found.observation);
  };
  switch (intent?.kind) {
    case undefined:
      take();
      return;
    case 'create':
      registry.remove(record);
      host.events.add({
        workloadId: record.id,
        level: 'warning',
        kind: 'create-undone',
        message: `NovaCron ended while "${name}" was made. What was there of it has been removed.`,
      });
      return;
    case 'remove':
      if (found.handle !== null || record.row.handle !== null) {
        // The intent stays until it is gone: this host can end in the middle too.
        registry.change(record, { handle: found.handle ?? record.row.handle });
        registry.observe(record, found.observation);
        try {
          await within(
            driver.remove(silentContext(host, record), registry.ref(record)),
            60_000,
            `The removal of "${name}" does not end.`,
          );
        } catch (error) {
          if (!(error instanceof NovaError && error.code === 'conflict') || (await isGone(host, record))) throw error;
          // It was cut off before the driver could refuse it (a clone stands on it): it is offered again as it was.
          take();
          host.events.add({
            workloadId: record.id,
            level: 'warning',
            kind: 'remove-refused',
            message: `NovaCron ended while "${name}" was to be removed, which is refused: ${error.message}`,
          });
          return;
        }
      }
      registry.remove(record);
      return;
    case 'update': {
      const to = intent.spec;
      take();
      if (driver.update) {
        const done = await within(
          driver.update({ ...silentContext(host, record), patienceMs }, registry.ref(record), to),
          60_000,
          `The change of "${name}" does not end.`,
        );
        registry.change(record, { spec: to, handle: done.handle });
      } else {
        registry.change(record, { spec: to });
      }
      return;
    }
    case 'revert':
      take(found.spec === undefined ? {} : { spec: { ...found.spec, name } });
      return;
    case 'restore': {
      // The driver finished or undid it; where the workload stands tells which.
      const ref = found.handle ?? record.row.handle;
      const tree = ref
        ? await driver.snapshots?.list({ id: record.id, name, spec: record.row.spec, handle: ref })
        : undefined;
      const point = tree?.snapshots.find((snapshot) => snapshot.id === intent.snapshotId);
      const through = point !== undefined && tree?.currentId === point.id;
      const then = found.spec ?? (through ? point.spec : undefined);
      const { phase } = found.observation;
      // A memory that waits to be loaded was to run on, also in a machine that did not run before.
      const goesOn = through && (runs.has(phase) || (phase === 'saved' && point.memoryBytes > 0));
      take({
        ...(then === undefined ? {} : { spec: { ...then, name } }),
        ...(goesOn ? { desired: 'running' } : {}),
      });
      return;
    }
    case 'freeze':
      if (found.observation.phase === 'paused' && driver.resume) {
        const ref = { id: record.id, name, spec: record.row.spec, handle: found.handle ?? record.row.handle };
        if (ref.handle !== null) {
          await within(
            driver.resume(silentContext(host, record), { ...ref, handle: ref.handle }),
            60_000,
            `"${name}" was frozen for a snapshot and does not go on.`,
          );
        }
        take();
        registry.observe(record, { ...found.observation, phase: 'running', reason: 'Goes on after a snapshot.' });
        return;
      }
      take();
      return;
    default:
      throw new NovaError('internal', `The workload "${name}" has an intent that this NovaCron does not know.`);
  }
}

function silentContext(host: HostContext, record: WorkloadRecord) {
  return {
    signal: host.signal,
    progress: () => {},
    log: (line: string) => host.logger.info({ workload: record.id }, line),
    saveHandle: (handle: Handle) => host.registry.change(record, { handle }),
  };
}
