import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { DriverGlyph } from '../../../ui/driver-glyph.tsx';
import { RelativeTime } from '../../../ui/time.tsx';

/** What is known of a workload, in words and numbers. */
export function Facts({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const { observation, spec } = workload;
  const tree = useHost((state) => state.snapshots[workload.id]);
  const here = tree?.snapshots.find((one) => one.id === tree.currentId);
  const vcpus = observation.confirmed?.vcpus ?? spec.resources.vcpus;
  const memory = observation.confirmed?.memoryBytes ?? spec.resources.memoryBytes;
  const labels = Object.entries(spec.labels);
  return (
    <section aria-label={t('facts')}>
      <dl className="facts">
        <Fact name={t('fact.driver')}>
          <DriverGlyph driver={spec.driver} named />
        </Fact>
        <Fact name={t('metric.cpu')}>
          <span className="num">{vcpus === undefined ? t('fact.unlimited') : `${vcpus} vCPU`}</span>
        </Fact>
        <Fact name={t('metric.memory')}>
          <span className="num">{memory === undefined ? t('fact.unlimited') : formatBytes(memory)}</span>
        </Fact>
        <Fact name={t('fact.made')}>
          <RelativeTime atMs={workload.createdAtMs} />
        </Fact>
        {observation.startedAtMs === undefined ? null : (
          <Fact name={t('fact.started')}>
            <RelativeTime atMs={observation.startedAtMs} />
          </Fact>
        )}
        <Fact name={t('fact.standsOn')}>{here?.name ?? <span className="muted">{t('fact.noSnapshot')}</span>}</Fact>
        {observation.pid === undefined ? null : (
          <Fact name={t('fact.pid')}>
            <span className="num">{observation.pid}</span>
          </Fact>
        )}
        {labels.length === 0 ? null : (
          <Fact name={t('fact.labels')}>
            <span className="row wrap">
              {labels.map(([key, value]) => (
                <Badge key={key}>{value === '' ? key : `${key}=${value}`}</Badge>
              ))}
            </span>
          </Fact>
        )}
        <Fact name={t('fact.addresses')} many={(observation.addresses ?? []).length > 1}>
          {(observation.addresses ?? []).length === 0 ? <span className="muted">{t('fact.none')}</span> : null}
          {(observation.addresses ?? []).map((address) => (
            <span key={address.text} className="row mono">
              {address.url ? (
                <a href={address.url} target="_blank" rel="noreferrer noopener">
                  {address.text}
                </a>
              ) : (
                address.text
              )}
              <CopyButton text={address.url ?? address.text} />
            </span>
          ))}
        </Fact>
      </dl>
      {spec.notes === '' ? null : <p className="notes">{spec.notes}</p>}
    </section>
  );
}

function Fact({ name, many, children }: { name: string; many?: boolean; children: ReactNode }) {
  return (
    <div className="fact" data-many={many ? 'true' : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
