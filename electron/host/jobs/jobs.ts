import { randomBytes } from 'node:crypto';
import { type ErrorData, errorData, NovaError } from '../../../drivers/errors.ts';
import type { Job } from '../../bridge/contract.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { JobRow } from '../../inventory/jobs.ts';
import type { Logger } from '../logger.ts';
import type { StateStore } from '../state/state-store.ts';
import type { OperationQueue } from '../workloads/operation-queue.ts';
import { type JobContext, runWithDeadline } from './run-with-deadline.ts';

/** What a job is to do. */
export type JobOptions = {
  verb: string;
  workloadId: string | null;
  subject: string;
  /** Where it waits for its turn; at once where absent. */
  queue?: OperationQueue;
  /** Passes the others that wait. */
  front?: boolean;
  /** Without progress for this long it is aborted, milliseconds. */
  idleLimitMs: number;
  /** False for a verb that helps when the inventory can't be written (stop, resume): it then runs unrecorded. */
  recorded?: boolean;
  /** The work; its value is the job's result. */
  run(context: JobContext): Promise<unknown>;
  /** What a success says beside its state, of its result. Nothing where absent: what was last done is no outcome. */
  outcome?(result: unknown): string;
  /** Called once after the end, whatever it was, also when it was cancelled before its turn. */
  ended?(job: Job): void;
};

/** The long operations of a host. */
export type Jobs = {
  /** Records the job durably and lets it run. Throws what the inventory throws. */
  start(options: JobOptions): Job;
  /** Throws `not_found`. */
  get(id: string): Job;
  list(limit: number): Job[];
  /** Resolves when the job has ended. Throws `cancelled` when the caller gives up, `not_found`. */
  wait(id: string, signal: AbortSignal): Promise<Job>;
  /** Success when it has ended already. */
  cancel(id: string): Job;
  /** Cancels what runs and waits on a workload: a stop by force must not wait behind a hung operation. */
  cancelWorkload(workloadId: string): void;
  /** Aborts all that runs, marks it interrupted and waits for it, at most `limitMs`. */
  close(limitMs: number): Promise<void>;
};

type Live = {
  job: Job;
  options: JobOptions;
  cancel: AbortController;
  ended: Promise<void>;
  end: () => void;
  phase: 'waiting' | 'running' | 'over';
  /** Something that must not wait stands behind it. */
  urgent: boolean;
};

/** Ended jobs that clients are shown. */
const shownJobs = 100;
/** Ended jobs that are stored. */
const keptJobs = 1000;
/** Lines of output that a job keeps, the last ones. */
const keptLines = 200;
/** How long aborted work may take to undo before its workload goes on without it, milliseconds: files may be large. */
const settleMs = 30_000;
/** The same where a stop by force waits behind it, milliseconds. */
const urgentSettleMs = 3000;
/** Progress reaches clients at most this often, milliseconds. */
const progressEveryMs = 100;

/** The jobs of one host. Those that the last host left open become `interrupted`. */
export function createJobs(inventory: Inventory, hostId: string, state: StateStore, logger: Logger): Jobs {
  const live = new Map<string, Live>();
  const shown: string[] = [];
  let closing = false;

  const publish = (job: Job) => state.apply({ collection: 'jobs', key: job.id, value: job });
  const show = (job: Job) => {
    publish(job);
    shown.push(job.id);
    while (shown.length > shownJobs) {
      const index = shown.findIndex((id) => !live.has(id));
      if (index < 0) {
        break;
      }
      const [gone] = shown.splice(index, 1);
      if (gone !== undefined) {
        state.apply({ collection: 'jobs', key: gone, value: null });
      }
    }
  };
  const store = (job: Job, recorded: boolean) => {
    try {
      inventory.jobs.put({ ...job, hostId, error: job.error });
    } catch (error) {
      if (recorded) {
        throw error;
      }
      logger.warn({ err: error, job: job.id }, 'a job could not be recorded');
    }
  };

  for (const row of readOpen(inventory, hostId, logger).reverse()) {
    show(toJob(row));
  }

  const finish = (entry: Live, patch: Partial<Job>) => {
    entry.phase = 'over';
    entry.job = { ...entry.job, endedAtMs: Date.now(), ...patch };
    live.delete(entry.job.id);
    store(entry.job, false);
    publish(entry.job);
    entry.options.ended?.(entry.job);
    entry.end();
  };
  const cancel = (entry: Live, reason: NovaError) => {
    entry.cancel.abort(reason);
    if (entry.phase === 'waiting') {
      // It may stand behind a hung one: its end does not wait for its turn.
      finish(entry, outcomeOfError(reason));
    }
  };

  const execute = async (entry: Live) => {
    const { job, options } = entry;
    const change = (patch: Partial<Job>) => {
      entry.job = { ...entry.job, ...patch };
    };
    if (entry.phase === 'over') {
      return;
    }
    entry.phase = 'running';
    change({ state: 'running', startedAtMs: Date.now() });
    store(entry.job, false);
    publish(entry.job);
    let timer: NodeJS.Timeout | null = null;
    const publishSoon = () => {
      timer ??= setTimeout(() => {
        timer = null;
        publish(entry.job);
      }, progressEveryMs);
    };
    try {
      const result = await runWithDeadline((context) => options.run(context), {
        idleLimitMs: options.idleLimitMs,
        what: `${options.verb} of ${options.subject}`,
        signal: entry.cancel.signal,
        onProgress: (fraction, message) => {
          change({ fraction, message });
          publishSoon();
        },
        onLog: (line) => {
          change({ log: [...entry.job.log, line].slice(-keptLines) });
          publishSoon();
        },
        settleMs: () => (entry.urgent ? urgentSettleMs : settleMs),
        onAbandoned: (error) => logger.warn({ err: error, job: job.id }, 'an abandoned operation ended'),
      });
      const message = options.outcome?.(result) ?? '';
      finish(entry, { state: 'succeeded', fraction: 1, message, result: result ?? null });
    } catch (error) {
      logger.info({ err: error, job: job.id, verb: job.verb, workload: job.workloadId }, 'job did not succeed');
      finish(entry, closing ? interrupted() : outcomeOfError(error));
    } finally {
      if (timer) {
        clearTimeout(timer);
      }
    }
  };

  return {
    start(options) {
      if (closing) {
        throw new NovaError('interrupted', 'NovaCron is closing. Try again when it has started.', { retryable: true });
      }
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const job: Job = {
        id: randomBytes(8).toString('hex'),
        verb: options.verb,
        workloadId: options.workloadId,
        subject: options.subject,
        state: 'queued',
        fraction: null,
        message: '',
        createdAtMs: Date.now(),
        startedAtMs: null,
        endedAtMs: null,
        error: null,
        log: [],
        result: null,
      };
      const entry: Live = { job, options, cancel: new AbortController(), ended, end, phase: 'waiting', urgent: false };
      store(job, options.recorded ?? true);
      live.set(job.id, entry);
      show(job);
      const task = () =>
        execute(entry).catch((error: unknown) => {
          logger.error({ err: error, job: job.id }, 'the end of a job failed');
          live.delete(job.id);
          entry.end();
        });
      if (options.queue) {
        options.queue.add(task, { front: options.front ?? false });
      } else {
        void task();
      }
      if (shown.length % 50 === 0) {
        pruneQuietly(inventory, hostId, logger);
      }
      return entry.job;
    },
    get: (id) => known(id),
    list(limit) {
      const stored = inventory.jobs.list(hostId, limit).map((row) => live.get(row.id)?.job ?? toJob(row));
      const ids = new Set(stored.map((job) => job.id));
      const unrecorded = [...live.values()].map((entry) => entry.job).filter((job) => !ids.has(job.id));
      return [...unrecorded, ...stored].slice(0, limit);
    },
    async wait(id, signal) {
      const entry = live.get(id);
      if (!entry) {
        return known(id);
      }
      await Promise.race([entry.ended, aborted(signal)]);
      if (signal.aborted) {
        throw new NovaError('cancelled', 'Nobody waits for this job any more; it goes on.');
      }
      return entry.job;
    },
    cancel(id) {
      const entry = live.get(id);
      if (!entry) {
        return known(id);
      }
      cancel(entry, new NovaError('cancelled', `The ${entry.job.verb} of ${entry.job.subject} was cancelled.`));
      return entry.job;
    },
    cancelWorkload(workloadId) {
      for (const entry of live.values()) {
        if (entry.job.workloadId === workloadId) {
          entry.urgent = true;
          cancel(
            entry,
            new NovaError('cancelled', `The ${entry.job.verb} of ${entry.job.subject} gave way to a stop by force.`),
          );
        }
      }
    },
    async close(limitMs) {
      closing = true;
      const all = [...live.values()];
      for (const entry of all) {
        cancel(entry, new NovaError('interrupted', 'NovaCron was closed while this ran.', { retryable: true }));
      }
      let timer: NodeJS.Timeout | null = null;
      await Promise.race([
        Promise.all(all.map((entry) => entry.ended)),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, limitMs);
        }),
      ]);
      if (timer) {
        clearTimeout(timer);
      }
      for (const entry of live.values()) {
        store({ ...entry.job, ...interrupted(), endedAtMs: Date.now() }, false);
      }
    },
  };

  function known(id: string): Job {
    const entry = live.get(id);
    if (entry) {
      return entry.job;
    }
    const row = inventory.jobs.get(hostId, id);
    if (!row) {
      throw new NovaError('not_found', `There is no job ${id}. Old jobs are forgotten.`);
    }
    return toJob(row);
  }
}

function interrupted(): Partial<Job> {
  const error = new NovaError('interrupted', 'NovaCron ended while this ran. Look at the workload and try again.', {
    retryable: true,
  });
  return { state: 'interrupted', error: errorData(error) };
}

function outcomeOfError(error: unknown): Partial<Job> {
  const data = errorData(error);
  const state = data.code === 'cancelled' ? 'cancelled' : data.code === 'interrupted' ? 'interrupted' : 'failed';
  return { state, error: data };
}

function readOpen(inventory: Inventory, hostId: string, logger: Logger): JobRow[] {
  try {
    inventory.jobs.interruptOpen(hostId, Date.now(), interrupted().error as ErrorData);
  } catch (error) {
    logger.warn({ err: error }, 'open jobs could not be marked as interrupted');
  }
  return inventory.jobs.list(hostId, shownJobs);
}

function pruneQuietly(inventory: Inventory, hostId: string, logger: Logger): void {
  try {
    inventory.jobs.prune(hostId, keptJobs);
  } catch (error) {
    logger.warn({ err: error }, 'old jobs could not be removed');
  }
}

function toJob(row: JobRow): Job {
  const { hostId: _, ...job } = row;
  return job;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}
