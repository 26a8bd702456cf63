import type { HostEvent, MetricPoint } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useNow } from '../../../ui/use-now.ts';

/** How often a stored span is read again, milliseconds. */
const reloadMs = 30_000;

/** The stored points and events of a span up to now, null until they have come. */
export type History = {
  fromMs: number;
  toMs: number;
  points: readonly MetricPoint[] | null;
  marks: readonly HostEvent[];
};

/** Reads a span of one workload, and again each half minute and when `version` changes. */
export function useHistory(workload: string, spanMs: number, version: string): History {
  const now = useNow(reloadMs);
  const fromMs = now - spanMs;
  const { data } = useQuery('metrics.history', { workload, sinceMs: fromMs }, version);
  return { fromMs, toMs: now, points: data?.points ?? null, marks: data?.marks ?? [] };
}
