import type { BridgeClient } from '../../electron/bridge/client.ts';
import type { MetricPoint } from '../../electron/bridge/contract.ts';

/** Points kept of each workload: five minutes at one a second. */
const keep = 300;
/** Scrolling changes the visible rows often; the subscription follows when it rests this long. */
const settleMs = 200;
/** How far back the first look goes. */
const pastMs = 60_000;
/** Pause before a lost stream is opened again. */
const againMs = 1000;

/** The live points of the workloads that somebody watches, through one stream, outside React's state. */
export type MetricsHub = {
  /** The points of one workload, oldest first. The array is changed in place. */
  points(workloadId: string): readonly MetricPoint[];
  /** Watches one workload; the returned function ends that. The last points stay for a short return. */
  watch(workloadId: string, listener: () => void): () => void;
  close(): void;
};

/** Makes the hub of one window. */
export function createMetricsHub(client: BridgeClient): MetricsHub {
  const points = new Map<string, MetricPoint[]>();
  const listeners = new Map<string, Set<() => void>>();
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let watched = '';
  let closed = false;

  const later = (ms: number) => {
    if (!closed) timer ??= setTimeout(follow, ms);
  };
  const follow = () => {
    timer = null;
    const ids = [...listeners.keys()].sort().slice(0, 200);
    if (ids.join() === watched) return;
    watched = ids.join();
    abort.abort();
    abort = new AbortController();
    if (ids.length > 0) void read(ids, abort.signal);
  };
  const read = async (ids: string[], signal: AbortSignal) => {
    try {
      for await (const { workloadId, point } of client.stream('metrics.subscribe', { workloads: ids }, { signal })) {
        take(workloadId, point);
      }
    } catch {
      // Lost with the connection, or a workload has gone: asked for again below.
    }
    if (signal.aborted) return;
    watched = '';
    later(againMs);
  };
  /** The minute before somebody looked, so that a line is there at once. */
  const past = async (id: string) => {
    points.set(id, []);
    try {
      const { points: old } = await client.call('metrics.history', { workload: id, sinceMs: Date.now() - pastMs });
      const list = points.get(id) ?? [];
      const before = list[0]?.atMs ?? Infinity;
      list.unshift(...old.filter((point) => point.atMs < before).slice(-keep));
      for (const listener of listeners.get(id) ?? []) listener();
    } catch {
      // The line begins with what comes; a lost connection is told by the banner.
    }
  };
  const take = (id: string, point: MetricPoint) => {
    const list = points.get(id) ?? [];
    points.set(id, list);
    if ((list.at(-1)?.atMs ?? 0) >= point.atMs) return;
    list.push(point);
    if (list.length > keep) list.shift();
    for (const listener of listeners.get(id) ?? []) listener();
  };

  return {
    points: (id) => points.get(id) ?? [],
    watch(id, listener) {
      const set = listeners.get(id) ?? new Set();
      set.add(listener);
      listeners.set(id, set);
      later(settleMs);
      if (!points.has(id)) void past(id);
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(id) === set) listeners.delete(id);
        later(settleMs);
      };
    },
    close() {
      closed = true;
      abort.abort();
      if (timer) clearTimeout(timer);
    },
  };
}
