import { useMemo, useSyncExternalStore } from 'react';
import type { MetricPoint } from '../../electron/bridge/contract.ts';
import type { SparklineSource } from '../ui/sparkline.tsx';
import { useWindow } from './window-context.ts';

/** One value of the live points as the source of a sparkline. `pick` must be stable. */
export function useMetricSource(id: string, pick: (point: MetricPoint) => number | null): SparklineSource {
  const { metrics } = useWindow();
  return useMemo(
    () => ({ read: () => metrics.points(id).map(pick), subscribe: (listener) => metrics.watch(id, listener) }),
    [metrics, id, pick],
  );
}

/** The latest live point of a workload, or null. Renders once a second. */
export function useLatestPoint(id: string): MetricPoint | null {
  const { metrics } = useWindow();
  const subscribe = useMemo(() => (listener: () => void) => metrics.watch(id, listener), [metrics, id]);
  return useSyncExternalStore(subscribe, () => metrics.points(id).at(-1) ?? null);
}
