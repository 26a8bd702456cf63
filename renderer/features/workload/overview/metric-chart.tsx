import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostEvent, MetricPoint } from '../../../../electron/bridge/contract.ts';
import { useMetricSource } from '../../../client/use-metrics.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useWindow } from '../../../client/window-context.ts';
import type { SparklineSource } from '../../../ui/sparkline.tsx';
import { Sparkline } from '../../../ui/sparkline.tsx';
import { useNow } from '../../../ui/use-now.ts';

/** How often a stored span is read again, milliseconds. */
const reloadMs = 30_000;
/** The live span, one point a second. */
const liveColumns = 300;
/** Nobody watched: then there is a point each ten seconds. */
const heldColumns = 12;
/** Points that a chart of a stored span has at most. */
const columns = 240;

type Props = {
  workloadId: string;
  spanMs: number;
  live: boolean;
  title: string;
  value: number | null;
  pick: (point: MetricPoint) => number | null;
  format: (value: number) => string;
  color: string;
};

/** Stored points as a fixed number of columns: the largest value of each, null where there is none. Pure. */
export function toColumns(
  points: readonly { atMs: number; value: number | null }[],
  fromMs: number,
  toMs: number,
  count: number,
): (number | null)[] {
  const result: (number | null)[] = Array.from({ length: count }, () => null);
  for (const { atMs, value } of points) {
    const index = Math.floor(((atMs - fromMs) / (toMs - fromMs)) * count);
    if (value === null || index < 0 || index >= count) continue;
    result[index] = Math.max(result[index] ?? 0, value);
  }
  return result;
}

/** The last value held over up to `most` columns without one, since it was sampled that slowly; longer gaps stay. Pure. */
export function holdOver(values: readonly (number | null)[], most: number): (number | null)[] {
  let last: number | null = null;
  let held = 0;
  return values.map((value, index) => {
    if (value !== null) {
      last = value;
      held = 0;
      return value;
    }
    held += 1;
    const next = values.slice(index, index + most - held + 2).some((one) => one !== null);
    return last !== null && held <= most && next ? last : null;
  });
}

/** One curve with its present value, and marks where something happened. */
export function MetricChart(props: Props) {
  return (
    <figure className="chart">
      <figcaption>
        <span className="muted">{props.title}</span>
        <strong className="num">{props.value === null ? '–' : props.format(props.value)}</strong>
      </figcaption>
      {props.live ? <LiveCurve {...props} /> : <StoredCurve {...props} />}
    </figure>
  );
}

/** The last minutes: what was stored before the window looked, then each new point. */
function LiveCurve(props: Props) {
  const { pick, workloadId } = props;
  const live = useMetricSource(workloadId, pick);
  const { metrics } = useWindow();
  const [openedMs] = useState(() => Date.now());
  const before = useQuery('metrics.history', { workload: workloadId, sinceMs: openedMs - props.spanMs });
  const source = useMemo<SparklineSource>(() => {
    const stored = before.data?.points ?? [];
    return {
      read: () => {
        const points = metrics.points(workloadId);
        const from = points[0]?.atMs ?? Infinity;
        const values = [...stored.filter((point) => point.atMs < from), ...points].map((point) => ({
          atMs: point.atMs,
          value: pick(point),
        }));
        // The newest point stands at the edge, whatever the two clocks say.
        const until = (values.at(-1)?.atMs ?? 0) + 1;
        return holdOver(toColumns(values, until - liveColumns * 1000, until, liveColumns), heldColumns);
      },
      subscribe: live.subscribe,
    };
  }, [before.data, live, metrics, workloadId, pick]);
  return <Sparkline source={source} length={liveColumns} color={props.color} label={props.title} />;
}

function StoredCurve(props: Props) {
  const { t } = useTranslation('workload');
  const { pick } = props;
  const now = useNow(reloadMs);
  const from = now - props.spanMs;
  const history = useQuery('metrics.history', { workload: props.workloadId, sinceMs: from });
  const values = useMemo(
    () =>
      toColumns(
        (history.data?.points ?? []).map((point) => ({ atMs: point.atMs, value: pick(point) })),
        from,
        now,
        columns,
      ),
    [history.data, pick, from, now],
  );
  const source = useStatic(values);
  const marks: HostEvent[] = history.data?.marks ?? [];
  return (
    <div className="chart-marks">
      <Sparkline source={source} length={columns} color={props.color} label={props.title} />
      {marks
        .filter((mark) => mark.atMs >= from)
        .map((mark) => (
          <i
            key={mark.id}
            title={`${new Date(mark.atMs).toLocaleString()} ${mark.message}`}
            style={{ left: `${((mark.atMs - from) / props.spanMs) * 100}%` }}
          />
        ))}
      {history.data !== null && values.every((value) => value === null) ? (
        <span className="chart-empty muted">{t('noPoints')}</span>
      ) : null}
    </div>
  );
}

/** Fixed values as the source of a sparkline that draws again when they change. */
function useStatic(values: readonly (number | null)[]): SparklineSource {
  const current = useRef(values);
  const [listeners] = useState(() => new Set<() => void>());
  useEffect(() => {
    current.current = values;
    for (const listener of listeners) listener();
  }, [values, listeners]);
  return useMemo(
    () => ({
      read: () => current.current,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    [listeners],
  );
}
