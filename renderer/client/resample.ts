import type { MetricPoint } from '../../electron/bridge/contract.ts';

/** A value holds for the seconds until the next one comes, but not longer than this: the host samples unwatched workloads each 10 s and stores them when their 10 s are over. */
const holdSeconds = 25;

/**
 * One value for each of the last `seconds` seconds up to the newest point, oldest first. Null where nothing is known. A
 * line drawn of it has one scale of time, whatever the points' distance.
 */
export function resample(
  points: readonly MetricPoint[],
  pick: (point: MetricPoint) => number | null,
  seconds: number,
): (number | null)[] {
  const last = points.at(-1);
  if (!last) return [];
  const values: (number | null)[] = [];
  let at = points.length - 1;
  for (let back = 0; back < seconds; back++) {
    const moment = last.atMs - back * 1000;
    while (at > 0 && (points[at]?.atMs ?? 0) > moment) at--;
    const point = points[at];
    const known = point !== undefined && point.atMs <= moment && moment - point.atMs <= holdSeconds * 1000;
    values.push(known ? pick(point) : null);
  }
  return values.reverse();
}
