import type { Observation } from '../../../drivers/driver.ts';
import type { HostContext } from '../context.ts';
import { start } from './lifecycle.ts';
import type { WorkloadRecord } from './registry.ts';

/** Waits before a restart: doubled with each, from the first to the last, milliseconds. */
const firstBackoffMs = 1000;
const lastBackoffMs = 5 * 60_000;
/** A run of this length counts as healthy: the next wait is the first again, milliseconds. */
const healthyRunMs = 60_000;

/** The restart policies of all workloads. */
export type Reconciler = {
  /** Looks at one workload whose state was just found at the start. `rebooted`: the machine was booted since. */
  recovered(record: WorkloadRecord, rebooted: boolean): void;
  /** Frees its timers. */
  close(): void;
};

/** What a policy says about a workload that ended by itself. Pure. */
export function shouldRestart(
  policy: 'no' | 'on-failure' | 'always',
  observation: Pick<Observation, 'phase' | 'exitCode' | 'attention'>,
): boolean {
  if (observation.attention !== undefined) {
    return false;
  }
  const failed = observation.phase === 'crashed' || (observation.exitCode ?? 0) !== 0;
  const ended = failed || observation.phase === 'stopped';
  return policy === 'always' ? ended : policy === 'on-failure' ? failed : false;
}

/** Whether a workload that was just found was running when its return to a saved memory was cut off. Pure. */
export function goesOn(row: {
  desired: string;
  trashedUntilMs: number | null;
  observation: Pick<Observation, 'phase' | 'attention'>;
}): boolean {
  const { phase, attention } = row.observation;
  return phase === 'saved' && attention === undefined && row.desired === 'running' && row.trashedUntilMs === null;
}

/** Whether a run is over that had begun when the workload was last seen, or since. Pure. */
function endedSince(known: Observation, now: Observation): boolean {
  if (known.phase === 'running' || known.phase === 'paused') return true;
  const was = known.phase === 'stopped' || known.phase === 'crashed';
  return was && known.endedAtMs !== undefined && (now.endedAtMs ?? 0) > known.endedAtMs;
}

/** The wait before restart number `count` (from 0), milliseconds. Pure. */
export function backoffMs(count: number): number {
  return Math.min(firstBackoffMs * 2 ** count, lastBackoffMs);
}

/** Watches the phases of a host's workloads and starts again what its policy says. */
export function createReconciler(host: HostContext): Reconciler {
  const counts = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  const endedByItself = (record: WorkloadRecord) => {
    const { row } = record;
    if (row.desired !== 'running' || row.trashedUntilMs !== null || record.verbs.length > 0 || timers.has(record.id)) {
      return;
    }
    if (!shouldRestart(row.spec.restart, row.observation)) {
      host.registry.note(record, { desired: 'stopped' });
      return;
    }
    const count = counts.get(record.id) ?? 0;
    counts.set(record.id, count + 1);
    const waitMs = backoffMs(count);
    host.events.add({
      workloadId: record.id,
      level: 'warning',
      kind: 'restart',
      message: `${row.spec.name} ended (${row.observation.reason}). It is started again in ${waitMs / 1000} s.`,
    });
    const timer = setTimeout(() => {
      timers.delete(record.id);
      if (host.registry.get(record.id) === record && record.row.desired === 'running' && record.verbs.length === 0) {
        startQuietly(host, record);
      }
    }, waitMs);
    timer.unref();
    timers.set(record.id, timer);
  };

  host.registry.onPhase((record, before, after, known) => {
    const { phase } = after;
    const ended = phase === 'stopped' || phase === 'crashed';
    if (phase === 'running') {
      // Somebody else was quicker: a late restart would only come in the way of what is done with it since.
      clearTimeout(timers.get(record.id));
      timers.delete(record.id);
    }
    if (ended && endedSince(known, after)) {
      // Nobody saw it while its engine or NovaCron was away: what the engine says counts then.
      const atMs = before.phase === 'unknown' ? after.endedAtMs : undefined;
      const ranMs = (atMs ?? Date.now()) - (known.startedAtMs ?? Date.now());
      if (ranMs > healthyRunMs) {
        counts.delete(record.id);
      }
      if (phase === 'crashed') {
        host.events.add({
          workloadId: record.id,
          level: 'error',
          kind: 'crashed',
          message: `${record.row.spec.name} crashed: ${after.reason}`,
          ...(atMs === undefined ? {} : { atMs }),
        });
      } else if (record.verbs.length === 0) {
        host.events.add({
          workloadId: record.id,
          kind: 'ended',
          message: `${record.row.spec.name} ended: ${after.reason}`,
          ...(atMs === undefined ? {} : { atMs }),
        });
      }
    }
    if (ended && record.recovered) {
      endedByItself(record);
    }
  });

  // What ended during an operation, or a start that failed, is looked at once nothing runs any more.
  host.registry.onIdle((record) => {
    const { phase } = record.row.observation;
    if (record.recovered && (phase === 'stopped' || phase === 'crashed')) {
      endedByItself(record);
    }
  });

  return {
    recovered(record, rebooted) {
      const { row } = record;
      const { phase } = row.observation;
      if (!rebooted && goesOn(row)) {
        host.events.add({
          workloadId: record.id,
          kind: 'restart',
          message: `${row.spec.name} was being brought back; it goes on from its saved memory.`,
        });
        startQuietly(host, record);
        return;
      }
      if (row.trashedUntilMs !== null || (phase !== 'stopped' && phase !== 'crashed')) {
        return;
      }
      if (rebooted) {
        const wanted = row.spec.autostart || (row.spec.restart === 'always' && row.desired === 'running');
        if (wanted) {
          host.events.add({
            workloadId: record.id,
            kind: 'autostart',
            message: `${row.spec.name} is started after the boot of this machine.`,
          });
          startQuietly(host, record);
        } else if (row.desired === 'running') {
          host.registry.note(record, { desired: 'stopped' });
        }
        return;
      }
      endedByItself(record);
    },
    close() {
      for (const timer of timers.values()) {
        clearTimeout(timer);
      }
      timers.clear();
    },
  };
}

function startQuietly(host: HostContext, record: WorkloadRecord): void {
  try {
    start(host, record);
  } catch (error) {
    host.logger.warn({ err: error, workload: record.id }, 'a start by policy was refused');
  }
}
