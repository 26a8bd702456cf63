import { useMemo, useSyncExternalStore } from 'react';
import type { MetricPoint } from '../../electron/bridge/contract.ts';
import type { SparklineSource } from '../ui/sparkline.tsx';
import { resample } from './resample.ts';
import { useWindow } from './window-context.ts';

/** One value of the live points, second by second, as the source of a sparkline. `pick` must be stable. */
export function useMetricSource(
  id: string,
  pick: (point: MetricPoint) => number | null,
  seconds = 60,
): SparklineSource {
  const { metrics } = useWindow();
  return useMemo(
    () => ({
      read: () => resample(metrics.points(id), pick, seconds),
      subscribe: (listener) => metrics.watch(id, listener),
    }),
    [metrics, id, pick, seconds],
  );
}

/** The latest live point of a workload, or null. Renders once a second. */
export function useLatestPoint(id: string): MetricPoint | null {
  const { metrics } = useWindow();
  const subscribe = useMemo(() => (listener: () => void) => metrics.watch(id, listener), [metrics, id]);
  return useSyncExternalStore(subscribe, () => metrics.points(id).at(-1) ?? null);
}
