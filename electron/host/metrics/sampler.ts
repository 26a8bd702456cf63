import type { Stats } from '../../../drivers/driver.ts';
import type { MetricPoint } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { pause } from '../time.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { pointBetween } from './rates.ts';

/** Samples one running workload. */
export type Sampler = {
  /** Changes the interval, milliseconds. */
  every(intervalMs: number): void;
  /** Idempotent. */
  close(): void;
};

/** Wait after a stream of samples failed, milliseconds. */
const retryMs = 10_000;

/** Begins to sample; each sample becomes a point. A stream that ends because the workload ended is not begun again. */
export function createSampler(
  host: HostContext,
  record: WorkloadRecord,
  firstIntervalMs: number,
  onPoint: (point: MetricPoint) => void,
): Sampler {
  const closed = new AbortController();
  let intervalMs = firstIntervalMs;
  let last: Stats | null = null;
  let round = new AbortController();

  const loop = async () => {
    while (!closed.signal.aborted) {
      round = new AbortController();
      const signal = AbortSignal.any([closed.signal, round.signal]);
      const own = intervalMs;
      try {
        const driver = host.registry.driver(record);
        for await (const stats of driver.stats(host.registry.ref(record), own, signal)) {
          if (signal.aborted) {
            break;
          }
          onPoint(pointBetween(last, stats, Math.max(own, watchedFloorMs)));
          last = stats;
        }
      } catch (error) {
        if (!signal.aborted) {
          host.logger.info({ err: error, workload: record.id }, 'the metrics of a workload are not to be had');
        }
      }
      if (!round.signal.aborted) {
        await pause(retryMs, signal);
      }
    }
  };
  void loop();
  return {
    every(next) {
      if (next !== intervalMs) {
        intervalMs = next;
        round.abort();
      }
    },
    close: () => closed.abort(),
  };
}

/** The first point after the change from slow to fast spans a slow interval and still counts, milliseconds. */
const watchedFloorMs = 3000;
