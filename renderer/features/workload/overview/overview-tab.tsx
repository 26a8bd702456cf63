import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricPoint, Workload } from '../../../../electron/bridge/contract.ts';
import { useLatestPoint } from '../../../client/use-metrics.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatBytes, formatRate } from '../../../format/bytes.ts';
import { shellLine } from '../../../format/shell-line.ts';
import { Badge } from '../../../ui/badge.tsx';
import { CodeBlock } from '../../../ui/copy.tsx';
import { DriverGlyph } from '../../../ui/driver-glyph.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { MetricChart } from './metric-chart.tsx';
import './overview.css';

const spans = [
  { id: 'live', ms: 5 * 60_000 },
  { id: 'hour', ms: 3_600_000 },
  { id: 'day', ms: 86_400_000 },
] as const;
type Span = (typeof spans)[number]['id'];

const cpu = (point: MetricPoint) => point.cpuCores;
const memory = (point: MetricPoint) => point.memoryBytes;
const disk = (point: MetricPoint) => sum(point.diskReadRate, point.diskWriteRate);
const network = (point: MetricPoint) => sum(point.networkRxRate, point.networkTxRate);
const sum = (left: number | null, right: number | null) =>
  left === null && right === null ? null : (left ?? 0) + (right ?? 0);
const cores = (value: number) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;

/** How a workload does: its curves, addresses, and what runs. */
export function OverviewTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const [span, setSpan] = useState<Span>('live');
  const { observation, spec } = workload;
  const latest = useLatestPoint(workload.id);
  const tree = useHost((state) => state.snapshots[workload.id]);
  const engine = useQuery(
    'workloads.describe',
    { workload: workload.id },
    `${observation.phase} ${observation.startedAtMs ?? 0}`,
  );
  const chart = {
    workloadId: workload.id,
    spanMs: spans.find((one) => one.id === span)?.ms ?? 0,
    live: span === 'live',
  };
  const confirmed = observation.confirmed;
  const argv = commandOf(engine.data);
  const here = tree?.snapshots.find((one) => one.id === tree.currentId);
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
          <MetricChart
            {...chart}
            title={t('metric.cpu')}
            value={latest?.cpuCores ?? null}
            pick={cpu}
            format={cores}
            color="--accent"
          />
          <MetricChart
            {...chart}
            title={t('metric.memory')}
            value={latest?.memoryBytes ?? null}
            pick={memory}
            format={formatBytes}
            color="--ok"
          />
          <MetricChart
            {...chart}
            title={t('metric.disk')}
            value={latest ? disk(latest) : null}
            pick={disk}
            format={formatRate}
            color="--warn"
          />
          <MetricChart
            {...chart}
            title={t('metric.network')}
            value={latest ? network(latest) : null}
            pick={network}
            format={formatRate}
            color="--info"
          />
        </div>
      </section>
      <section className="facts" aria-label={t('facts')}>
        <dl>
          <dt>{t('fact.driver')}</dt>
          <dd>
            <DriverGlyph driver={spec.driver} named />
          </dd>
          {observation.startedAtMs === undefined ? null : (
            <>
              <dt>{t('fact.started')}</dt>
              <dd>
                <RelativeTime atMs={observation.startedAtMs} />
              </dd>
            </>
          )}
          <dt>{t('fact.made')}</dt>
          <dd>
            <RelativeTime atMs={workload.createdAtMs} />
          </dd>
          <dt>{t('metric.cpu')}</dt>
          <dd className="num">
            {amount(confirmed?.vcpus ?? spec.resources.vcpus, (value) => `${value} vCPU`) ?? t('fact.unlimited')}
          </dd>
          <dt>{t('metric.memory')}</dt>
          <dd className="num">
            {amount(confirmed?.memoryBytes ?? spec.resources.memoryBytes, formatBytes) ?? t('fact.unlimited')}
          </dd>
          {observation.pid === undefined ? null : (
            <>
              <dt>{t('fact.pid')}</dt>
              <dd className="num">{observation.pid}</dd>
            </>
          )}
          <dt>{t('fact.standsOn')}</dt>
          <dd>{here?.name ?? t('fact.noSnapshot')}</dd>
          <dt>{t('fact.addresses')}</dt>
          <dd>
            {(observation.addresses ?? []).length === 0 ? <span className="muted">{t('fact.none')}</span> : null}
            {(observation.addresses ?? []).map((address) => (
              <div key={address.text} className="mono">
                {address.url ? (
                  <a href={address.url} target="_blank" rel="noreferrer noopener">
                    {address.text}
                  </a>
                ) : (
                  address.text
                )}
              </div>
            ))}
          </dd>
          {Object.keys(spec.labels).length === 0 ? null : (
            <>
              <dt>{t('fact.labels')}</dt>
              <dd className="row wrap">
                {Object.entries(spec.labels).map(([key, value]) => (
                  <Badge key={key}>{value === '' ? key : `${key}=${value}`}</Badge>
                ))}
              </dd>
            </>
          )}
        </dl>
        {spec.notes === '' ? null : <p className="notes">{spec.notes}</p>}
      </section>
      <section aria-label={t('runs')}>
        <h2>{t('runs')}</h2>
        {argv === null ? (
          <CodeBlock text={JSON.stringify(engine.data ?? {}, null, 2)} label={t('copyFacts')} />
        ) : (
          <CodeBlock text={argv} label={t('copyCommand')} />
        )}
      </section>
    </div>
  );
}

const amount = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? null : format(value);

/** The command line that runs, where the driver has one. */
function commandOf(engine: Record<string, unknown> | null): string | null {
  const run = engine?.['run'];
  const argv = typeof run === 'object' && run !== null && 'commandLine' in run ? run.commandLine : null;
  return Array.isArray(argv) && argv.every((word) => typeof word === 'string') ? shellLine(argv) : null;
}
