import type { MetricPoint } from '../../bridge/contract.ts';
import type { MetricRow } from '../../inventory/metrics.ts';
import { type Broadcast, createBroadcast } from '../broadcast.ts';
import type { HostContext } from '../context.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { createDownsampler, type Downsampler, tiers } from './tiers.ts';

/** The samples of all running workloads, taken once for all who watch. */
export type Metrics = {
  /** Stored points, oldest first, in the finest tier that reaches back to `sinceMs`. */
  history(record: WorkloadRecord, sinceMs: number, untilMs: number): MetricPoint[];
  /** Points each second while somebody reads, until the signal is aborted. */
  subscribe(ids: readonly string[], signal: AbortSignal): AsyncIterable<{ workloadId: string; point: MetricPoint }>;
  /** Begins or ends sampling with the workload's phase. */
  follow(record: WorkloadRecord): void;
  /** Ends the sampling of a removed workload. */
  forget(id: string): void;
  /** Ends all samplers and writes what waits. */
  close(): void;
};

/** Interval while somebody watches and otherwise, milliseconds. */
const watchedMs = 1000;
const unwatchedMs = 10_000;
/** Points are written in batches, milliseconds apart: one fsync for all workloads. */
const writeEveryMs = 10_000;
/** Old points are removed once in this many writes. */
const pruneEvery = 30;

type Entry = { sampler: Sampler; watchers: number; tens: Downsampler; hundreds: Downsampler };

/** The metrics of one host. */
export function createMetrics(host: HostContext): Metrics {
  const entries = new Map<string, Entry>();
  const watchers = new Map<string, number>();
  const broadcast: Broadcast<{ workloadId: string; point: MetricPoint }> = createBroadcast(2000);
  let waiting: MetricRow[] = [];
  let writes = 0;

  const take = (id: string, entry: Entry, point: MetricPoint) => {
    broadcast.send({ workloadId: id, point });
    const row = (tierSeconds: number, values: MetricPoint) => waiting.push({ workloadId: id, tierSeconds, values });
    if (entry.watchers > 0) {
      row(1, point);
    }
    const ten = entry.tens.add(point);
    if (ten) {
      row(10, ten);
      const wide = entry.hundreds.add(ten);
      if (wide) {
        row(300, wide);
      }
    }
  };
  const write = () => {
    if (waiting.length === 0) {
      return;
    }
    const rows = waiting;
    waiting = [];
    try {
      host.inventory.metrics.addAll(host.hostId, rows);
      writes += 1;
      if (writes % pruneEvery === 1) {
        for (const tier of tiers) {
          host.inventory.metrics.prune(tier.seconds, Date.now() - tier.keptMs);
        }
      }
    } catch (error) {
      // Dropped: a full disk must not fill the memory too.
      host.logger.warn({ err: error, points: rows.length }, 'metric points could not be stored');
    }
  };
  const timer = setInterval(write, writeEveryMs);
  timer.unref();

  const begin = (record: WorkloadRecord) => {
    const count = watchers.get(record.id) ?? 0;
    const sampler = createSampler(host, record, count > 0 ? watchedMs : unwatchedMs, (point) =>
      take(record.id, entry, point),
    );
    const entry: Entry = { sampler, watchers: count, tens: createDownsampler(10), hundreds: createDownsampler(300) };
    entries.set(record.id, entry);
  };
  const end = (id: string) => {
    entries.get(id)?.sampler.close();
    entries.delete(id);
  };
  const watch = (id: string, change: 1 | -1) => {
    const count = (watchers.get(id) ?? 0) + change;
    if (count > 0) {
      watchers.set(id, count);
    } else {
      watchers.delete(id);
    }
    const entry = entries.get(id);
    if (entry) {
      entry.watchers = count;
      entry.sampler.every(count > 0 ? watchedMs : unwatchedMs);
    }
  };

  return {
    history(record, sinceMs, untilMs) {
      const spanMs = Date.now() - sinceMs;
      const pending = waiting.filter(
        (row) => row.workloadId === record.id && row.values.atMs >= sinceMs && row.values.atMs <= untilMs,
      );
      const read = (seconds: number) =>
        [
          ...host.inventory.metrics.read(record.id, seconds, sinceMs, untilMs),
          ...pending.filter((row) => row.tierSeconds === seconds).map((row) => row.values),
        ].sort((a, b) => a.atMs - b.atMs);
      if (spanMs > tiers[1].keptMs) {
        return read(300);
      }
      const open = entries.get(record.id)?.tens.open() ?? null;
      // Without it a chart of an unwatched workload would end up to 20 s ago.
      const newest = open !== null && open.atMs >= sinceMs && open.atMs <= untilMs ? [open] : [];
      const tens = [...read(10), ...newest];
      if (spanMs > tiers[0].keptMs) {
        return tens;
      }
      // While nobody watched there are only the wider points.
      const ones = read(1);
      const firstFine = ones[0]?.atMs ?? Number.POSITIVE_INFINITY;
      return [...tens.filter((point) => point.atMs < firstFine), ...ones];
    },
    async *subscribe(ids, signal) {
      const wanted = new Set(ids);
      for (const id of wanted) {
        watch(id, 1);
      }
      try {
        for await (const value of broadcast.subscribe(signal)) {
          if (wanted.has(value.workloadId)) {
            yield value;
          }
        }
      } finally {
        for (const id of wanted) {
          watch(id, -1);
        }
      }
    },
    follow(record) {
      const { phase } = record.row.observation;
      const on = (phase === 'running' || phase === 'paused') && host.registry.get(record.id) === record;
      if (on && !entries.has(record.id)) {
        begin(record);
      } else if (!on && entries.has(record.id)) {
        end(record.id);
      }
    },
    forget: end,
    close() {
      clearInterval(timer);
      for (const entry of entries.values()) {
        entry.sampler.close();
      }
      entries.clear();
      write();
    },
  };
}
