import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricPoint, Workload } from '../../../../electron/bridge/contract.ts';
import { useLatestPoint } from '../../../client/use-metrics.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatRate } from '../../../format/bytes.ts';
import { shellLines } from '../../../format/shell-line.ts';
import { CodeBlock } from '../../../ui/copy.tsx';
import { memoryMeasure } from '../../list/metric-cell.tsx';
import { LivePicture } from '../console/screen-picture.tsx';
import { Facts } from './facts.tsx';
import { MetricChart } from './metric-chart.tsx';
import { useHistory } from './use-history.ts';
import './overview.css';

const spans = [
  { id: 'live', ms: 5 * 60_000 },
  { id: 'hour', ms: 3_600_000 },
  { id: 'day', ms: 86_400_000 },
  { id: 'week', ms: 7 * 86_400_000 },
  { id: 'month', ms: 30 * 86_400_000 },
] as const;
type Span = (typeof spans)[number]['id'];

const sum = (left: number | null, right: number | null) =>
  left === null && right === null ? null : (left ?? 0) + (right ?? 0);
const cores = (value: number) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;

const measures: {
  id: string;
  pick: (point: MetricPoint) => number | null;
  format: (value: number) => string;
  color: string;
  /** What fills the chart at least, so that an idle one looks idle: a tenth of a core, some KiB each second. */
  least: number;
}[] = [
  { id: 'cpu', pick: (point) => point.cpuCores, format: cores, color: '--accent', least: 0.1 },
  { id: 'memory', pick: memoryMeasure.pick, format: memoryMeasure.format, color: '--ok', least: memoryMeasure.least },
  {
    id: 'disk',
    pick: (point) => sum(point.diskReadRate, point.diskWriteRate),
    format: formatRate,
    color: '--warn',
    least: 8 * 1024,
  },
  {
    id: 'network',
    pick: (point) => sum(point.networkRxRate, point.networkTxRate),
    format: formatRate,
    color: '--info',
    least: 8 * 1024,
  },
];

/** How a workload does: its curves, addresses, and what runs. */
export function OverviewTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation('workload');
  const [span, setSpan] = useState<Span>('live');
  const { observation, id } = workload;
  const latest = useLatestPoint(id);
  const snapshots = useHost((state) => state.snapshots[id]?.snapshots.length ?? 0);
  const spanMs = spans.find((one) => one.id === span)?.ms ?? 0;
  // Each of these changes with an event that has a mark.
  const history = useHistory(id, spanMs, `${observation.phase} ${workload.pendingVerb ?? ''} ${snapshots}`);
  const engine = useQuery(
    'workloads.describe',
    { workload: id },
    `${observation.phase} ${observation.startedAtMs ?? 0}`,
  );
  const now = commandOf(engine.data, 'run');
  const argv = now ?? commandOf(engine.data, 'nextStart');
  const heading = t(argv !== null && now === null ? 'nextRuns' : 'runs');
  const live = span === 'live';
  const memory = observation.confirmed?.memoryBytes ?? workload.spec.resources.memoryBytes;
  const runs = observation.phase === 'running' || observation.phase === 'paused';
  return (
    <div className="overview">
      <section aria-label={t('metrics')}>
        <div className="row overview-bar">
          <h2 className="grow">{t('metrics')}</h2>
          <div className="segments" role="group" aria-label={t('span.label')}>
            {spans.map((one) => (
              <button key={one.id} type="button" aria-pressed={span === one.id} onClick={() => setSpan(one.id)}>
                {t(`span.${one.id}`)}
              </button>
            ))}
          </div>
        </div>
        <div className="charts">
          {measures.map(({ id: measure, ...rest }) => (
            <MetricChart
              key={measure}
              {...rest}
              // Memory is drawn against what it has: how full it is, is the question.
              least={measure === 'memory' ? (memory ?? rest.least) : rest.least}
              workloadId={id}
              spanMs={spanMs}
              live={live}
              history={history}
              title={t(`metric.${measure}`)}
              value={latest && runs ? rest.pick(latest) : null}
            />
          ))}
        </div>
      </section>
      <LivePicture workload={workload} />
      <Facts workload={workload} />
      <section aria-label={heading}>
        <h2>{heading}</h2>
        {engine.data === null && engine.error !== null ? (
          <p className="muted">{engine.error.message}</p>
        ) : argv === null ? (
          <CodeBlock text={JSON.stringify(factsOf(engine.data), null, 2)} label={t('copyFacts')} />
        ) : (
          <CodeBlock text={argv} label={t('copyCommand')} />
        )}
      </section>
    </div>
  );
}

/** The command line that runs, or that a start would run, where the driver has one. */
function commandOf(engine: Record<string, unknown> | null, what: 'run' | 'nextStart'): string | null {
  const run = engine?.[what];
  const argv = typeof run === 'object' && run !== null && 'commandLine' in run ? run.commandLine : null;
  return Array.isArray(argv) && argv.every((word) => typeof word === 'string') ? shellLines(argv) : null;
}

/** What the engine says; our own record of the workload is nobody's question here. */
function factsOf(engine: Record<string, unknown> | null): unknown {
  return engine?.['container'] ?? engine ?? {};
}
