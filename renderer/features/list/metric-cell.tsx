import { useEffect, useRef } from 'react';
import type { MetricPoint } from '../../../electron/bridge/contract.ts';
import { useMetricSource } from '../../client/use-metrics.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Sparkline, type SparklineSource } from '../../ui/sparkline.tsx';

/** How the list draws one measure. */
type Measure = {
  pick: (point: MetricPoint) => number | null;
  format: (value: number) => string;
  color: string;
  /** What fills the line at least where there is no limit, so that an idle one looks idle. */
  least: number;
};

/** CPU in cores. */
export const cpuMeasure: Measure = {
  pick: (point) => point.cpuCores,
  format: (cores) => `${Math.round(cores * 100)} %`,
  color: '--info',
  least: 0.1,
};

/** Memory as the guest says, else as this machine holds it. */
export const memoryMeasure: Measure = {
  pick: (point) => point.guestMemoryBytes ?? point.memoryBytes,
  format: formatBytes,
  color: '--accent',
  least: 64 * 1024 * 1024,
};

/** The line and the latest value of one measure; both are drawn outside React's state. */
export function MetricCell({ id, measure, max }: { id: string; measure: Measure; max?: number | undefined }) {
  const source = useMetricSource(id, measure.pick);
  return (
    <>
      <span className="cell-spark">
        <Sparkline source={source} length={60} max={max} least={measure.least} color={measure.color} />
      </span>
      <LatestText source={source} format={measure.format} />
    </>
  );
}

function LatestText({ source, format }: { source: SparklineSource; format: (value: number) => string }) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => {
      const value = source.read().at(-1);
      if (box.current) box.current.textContent = value === undefined || value === null ? '' : format(value);
    };
    write();
    return source.subscribe(write);
  }, [source, format]);
  return <span ref={box} className="num cell-value" />;
}
