import type { MetricPoint } from '../../bridge/contract.ts';

/** The widths of the stored tiers and how long each is kept. */
export const tiers = [
  { seconds: 1, keptMs: 5 * 60_000 },
  { seconds: 10, keptMs: 24 * 3_600_000 },
  { seconds: 300, keptMs: 31 * 24 * 3_600_000 },
] as const;

/** Collects points of one workload into buckets of one width. */
export type Downsampler = {
  /** Returns the mean of the bucket that this point closes, or null. */
  add(point: MetricPoint): MetricPoint | null;
  /** The mean so far of the bucket that is still open; null before the first point. */
  open(): MetricPoint | null;
};

/** A downsampler to buckets of `seconds`. A mean leaves out nulls; a bucket of nulls stays null. */
export function createDownsampler(seconds: number): Downsampler {
  const widthMs = seconds * 1000;
  let bucket = -1;
  let points: MetricPoint[] = [];
  const meanOfBucket = () => (points.length > 0 ? mean(points, bucket * widthMs) : null);
  return {
    add(point) {
      const own = Math.floor(point.atMs / widthMs);
      if (own === bucket) {
        points.push(point);
        return null;
      }
      const closed = meanOfBucket();
      bucket = own;
      points = [point];
      return closed;
    },
    open: meanOfBucket,
  };
}

/** The mean of points, dated `atMs`. Pure. */
export function mean(points: readonly MetricPoint[], atMs: number): MetricPoint {
  const of = (key: keyof MetricPoint) => {
    const values = points.map((point) => point[key]).filter((value): value is number => value !== null);
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  };
  return {
    atMs,
    cpuCores: of('cpuCores'),
    memoryBytes: of('memoryBytes'),
    guestMemoryBytes: of('guestMemoryBytes'),
    diskReadRate: of('diskReadRate'),
    diskWriteRate: of('diskWriteRate'),
    networkRxRate: of('networkRxRate'),
    networkTxRate: of('networkTxRate'),
  };
}
