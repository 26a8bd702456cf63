import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricPoint } from '../../../../electron/bridge/contract.ts';
import { useMetricSource } from '../../../client/use-metrics.ts';
import { useWindow } from '../../../client/window-context.ts';
import type { SparklineSource } from '../../../ui/sparkline.tsx';
import { Sparkline } from '../../../ui/sparkline.tsx';
import { ChartMarks } from './chart-marks.tsx';
import { holdOver, toColumns } from './columns.ts';
import type { History } from './use-history.ts';

/** The live span, one point a second. */
const liveColumns = 300;
/** Nobody watched: then there is a point each ten seconds, stored when its ten seconds are over. */
const heldColumns = 25;
/** Points that a chart of a stored span has at most. */
const columns = 240;

type Props = {
  workloadId: string;
  spanMs: number;
  live: boolean;
  history: History;
  title: string;
  value: number | null;
  pick: (point: MetricPoint) => number | null;
  format: (value: number) => string;
  color: string;
  /** The lowest top of the scale. */
  least: number;
};

/** One curve with its present and its highest value, and marks where something happened. */
export function MetricChart(props: Props) {
  const { t } = useTranslation('workload');
  const { history, pick } = props;
  const { metrics } = useWindow();
  // The curve of the live span grows with each point; so does its peak.
  const newer = props.live ? metrics.points(props.workloadId) : [];
  const values = [...(history.points ?? []), ...newer].map(pick).filter((value) => value !== null);
  return (
    <figure className="chart">
      <figcaption>
        <span className="muted">{props.title}</span>
        <strong className="num">{props.value === null ? '' : props.format(props.value)}</strong>
        <span className="grow" />
        {values.length > 0 ? (
          <span className="muted num chart-peak">{t('peak', { value: props.format(Math.max(...values)) })}</span>
        ) : null}
      </figcaption>
      <div className="chart-area">
        {props.live ? <LiveCurve {...props} /> : <StoredCurve {...props} />}
        <ChartMarks events={history.marks} spanMs={props.spanMs} live={props.live} />
        {history.points !== null && values.length === 0 ? (
          <div className="chart-empty muted">
            <span>{t('noPoints')}</span>
          </div>
        ) : null}
      </div>
    </figure>
  );
}

/** The last minutes: what was stored before the window looked, then each new point. */
function LiveCurve(props: Props) {
  const { pick, workloadId } = props;
  const live = useMetricSource(workloadId, pick);
  const { metrics } = useWindow();
  const stored = props.history.points;
  const source = useMemo<SparklineSource>(
    () => ({
      read: () => {
        const points = metrics.points(workloadId);
        const from = points[0]?.atMs ?? Infinity;
        const values = [...(stored ?? []).filter((point) => point.atMs < from), ...points].map((point) => ({
          atMs: point.atMs,
          value: pick(point),
        }));
        // The newest point stands at the edge, whatever the two clocks say.
        const until = (values.at(-1)?.atMs ?? 0) + 1;
        return holdOver(toColumns(values, until - liveColumns * 1000, until, liveColumns), heldColumns);
      },
      subscribe: live.subscribe,
    }),
    [stored, live, metrics, workloadId, pick],
  );
  return <Sparkline source={source} length={liveColumns} color={props.color} least={props.least} label={props.title} />;
}

function StoredCurve(props: Props) {
  const { pick } = props;
  const { points, fromMs, toMs } = props.history;
  const values = useMemo(
    () =>
      toColumns(
        (points ?? []).map((point) => ({ atMs: point.atMs, value: pick(point) })),
        fromMs,
        toMs,
        columns,
      ),
    [points, pick, fromMs, toMs],
  );
  return (
    <Sparkline
      source={useStatic(values)}
      length={columns}
      color={props.color}
      least={props.least}
      label={props.title}
    />
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
