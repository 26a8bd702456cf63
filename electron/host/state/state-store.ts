import { randomUUID } from 'node:crypto';
import { assertNever } from '../../../drivers/errors.ts';
import type { Change, State, StateMessage } from '../../bridge/contract.ts';

/** The collections that clients keep in step, and the numbered deltas of their changes. */
export type StateStore = {
  /** Notes one change of one record; sent with the others of the same moment. */
  apply(change: Change): void;
  /** The present state. */
  state(): State;
  /** The tree of one workload as last applied, or undefined. */
  snapshots(workloadId: string): State['snapshots'][number] | undefined;
  /** A snapshot, or the gap since `since` of the same epoch, then deltas until the signal is aborted. */
  subscribe(options: { epoch?: string; since?: number }, signal: AbortSignal): AsyncIterable<StateMessage>;
  /** Drops what waits to be sent. Idempotent. */
  close(): void;
};

/** Deltas that are kept for a client that comes back; beyond it gets a fresh snapshot. */
const defaultKept = 1000;
/** Changes within this time travel in one delta, milliseconds: under one frame of a screen. */
const tickMs = 10;

/** An empty store with the two records that always exist. */
export function createStateStore(first: Pick<State, 'host' | 'settings'>, kept: number = defaultKept): StateStore {
  const epoch = randomUUID();
  let { host, settings } = first;
  const drivers = new Map<string, State['drivers'][number]>();
  const workloads = new Map<string, State['workloads'][number]>();
  const jobs = new Map<string, State['jobs'][number]>();
  const snapshots = new Map<string, State['snapshots'][number]>();
  const foreign = new Map<string, State['foreign']>();

  const deltas: { seq: number; changes: Change[] }[] = [];
  let seq = 0;
  let waiting = new Map<string, Change>();
  let timer: NodeJS.Timeout | null = null;
  const wakers = new Set<() => void>();

  const put = <T>(map: Map<string, T>, key: string, value: T | null) => {
    if (value === null) {
      map.delete(key);
    } else {
      map.set(key, value);
    }
  };
  const store = (change: Change) => {
    switch (change.collection) {
      case 'host':
        host = change.value;
        return;
      case 'settings':
        settings = change.value;
        return;
      case 'drivers':
        return put(drivers, change.key, change.value);
      case 'workloads':
        return put(workloads, change.key, change.value);
      case 'jobs':
        return put(jobs, change.key, change.value);
      case 'snapshots':
        return put(snapshots, change.key, change.value);
      case 'foreign':
        return put(foreign, change.key, change.value);
      default:
        return assertNever(change);
    }
  };
  const flush = () => {
    if (timer) {
      clearTimeout(timer);
      timer = null;
    }
    if (waiting.size === 0) {
      return;
    }
    seq += 1;
    deltas.push({ seq, changes: [...waiting.values()] });
    if (deltas.length > kept) {
      deltas.shift();
    }
    waiting = new Map();
    for (const wake of wakers) {
      wake();
    }
  };
  const state = (): State => ({
    host,
    settings,
    drivers: [...drivers.values()],
    workloads: [...workloads.values()],
    jobs: [...jobs.values()],
    snapshots: [...snapshots.values()],
    foreign: [...foreign.values()].flat(),
  });

  return {
    apply(change) {
      store(change);
      const key = `${change.collection}/${change.key}`;
      // Deleted first so that the newest change stands last: a delta is applied in order.
      waiting.delete(key);
      waiting.set(key, change);
      timer ??= setTimeout(flush, tickMs);
    },
    state,
    snapshots: (workloadId) => snapshots.get(workloadId),
    async *subscribe(options, signal) {
      flush();
      const oldest = deltas[0]?.seq ?? seq + 1;
      let at = -1;
      if (
        options.epoch === epoch &&
        options.since !== undefined &&
        options.since <= seq &&
        options.since >= oldest - 1
      ) {
        at = options.since;
      }
      let wake = () => {};
      const waker = () => wake();
      wakers.add(waker);
      signal.addEventListener('abort', waker);
      try {
        while (!signal.aborted) {
          const first = deltas[0]?.seq ?? seq + 1;
          if (at < first - 1) {
            // New here, or so slow that its gap is gone: the whole state in one message.
            flush();
            at = seq;
            yield { type: 'snapshot', epoch, seq, state: state() };
            continue;
          }
          const next = deltas[at + 1 - first];
          if (next) {
            at = next.seq;
            yield { type: 'delta', epoch, seq: next.seq, changes: next.changes };
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        wakers.delete(waker);
        signal.removeEventListener('abort', waker);
      }
    },
    close() {
      if (timer) {
        clearTimeout(timer);
        timer = null;
      }
    },
  };
}
