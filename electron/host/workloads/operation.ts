import type { Driver, Handle, OperationContext } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import type { JobContext } from '../jobs/run-with-deadline.ts';
import { refresh } from './observe.ts';
import type { WorkloadRecord } from './registry.ts';

/** One operation on one workload. */
export type Operation = {
  verb: string;
  /** Without progress for this long it is given up, milliseconds. */
  idleLimitMs: number;
  /** False for a verb that helps when the inventory can't be written. */
  recorded?: boolean;
  /** Passes what waits. */
  front?: boolean;
  /** May act on a workload in the trash. */
  trashed?: boolean;
  run(tools: { driver: Driver; context: OperationContext }): Promise<unknown>;
  /** What a success says beside its state, of the result of `run`. */
  outcome?(result: unknown): string;
};

/** Limits without progress. Engines are slow on a loaded machine: Kata takes 10 s to start, TCG longer. */
export const limits = {
  /** Pause, resume, reset: one round trip and its effect. */
  quickMs: 60_000,
  startMs: 180_000,
  /** Copies, downloads, snapshots with memory: they report progress. */
  longMs: 600_000,
} as const;

/**
 * Lets an operation run in the workload's queue as a job and looks at the workload afterwards. Throws `wrong_state`
 * at once for a workload in the trash, and what the inventory throws.
 */
export function runOperation(host: HostContext, record: WorkloadRecord, operation: Operation): { job: Job } {
  const { registry } = host;
  const name = record.row.spec.name;
  if (record.row.trashedUntilMs !== null && !operation.trashed) {
    throw new NovaError('wrong_state', `"${name}" is in the trash. Take it out first.`);
  }
  const driver = registry.driver(record);
  const job = host.jobs.start({
    verb: operation.verb,
    workloadId: record.id,
    subject: name,
    queue: record.queue,
    front: operation.front ?? false,
    idleLimitMs: operation.idleLimitMs,
    recorded: operation.recorded ?? true,
    outcome: (result) => operation.outcome?.(result) ?? '',
    run: async (context) => {
      if (registry.get(record.id) !== record) {
        throw new NovaError('not_found', `"${name}" was removed before its turn.`);
      }
      if (!record.recovered && record.row.intent !== null) {
        throw new NovaError(
          'wrong_state',
          `"${name}" has an unfinished ${record.row.intent.kind} and its engine does not answer yet. It is tried again by itself.`,
          { retryable: true },
        );
      }
      try {
        return await operation.run({ driver, context: operationContext(host, record, context) });
      } finally {
        if (registry.get(record.id) === record) {
          await refresh(host, record);
        }
      }
    },
    ended: (ended) => {
      // Only one of the same verb leaves: another may wait.
      const index = record.verbs.indexOf(operation.verb);
      registry.setVerbs(
        record,
        record.verbs.filter((_, at) => at !== index),
      );
      if (ended.state === 'failed') {
        host.events.add({
          workloadId: record.id,
          level: 'error',
          kind: `${operation.verb}-failed`,
          message: `${operation.verb} of ${name} failed: ${ended.error?.message ?? ''}`,
        });
      } else if (ended.state === 'succeeded') {
        host.events.add({ workloadId: record.id, kind: operation.verb, message: `${operation.verb} of ${name} done.` });
      }
    },
  });
  registry.setVerbs(record, [...record.verbs, operation.verb]);
  return { job };
}

/** The driver's context of a job that works on one workload. */
export function operationContext(host: HostContext, record: WorkloadRecord, context: JobContext): OperationContext {
  return {
    signal: context.signal,
    progress: (fraction, message) => context.progress(fraction, message),
    log: (line) => context.log(line),
    saveHandle: (handle: Handle) => {
      if (context.abandoned() || host.registry.get(record.id) !== record) {
        throw new NovaError('cancelled', `Nobody waits any more for this operation on "${record.row.spec.name}".`);
      }
      host.registry.change(record, { handle });
    },
  };
}
