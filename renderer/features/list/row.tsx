import type { TFunction } from 'i18next';
import { type KeyboardEvent, type MouseEvent, memo } from 'react';
import type { Workload, WorkloadSpec } from '../../../electron/bridge/contract.ts';
import { useHost } from '../../client/window-context.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Badge } from '../../ui/badge.tsx';
import { DriverMark } from '../../ui/driver-glyph.tsx';
import { StateMark, stateWord } from '../../ui/state-badge.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { cpuMeasure, MetricCell, memoryMeasure } from './metric-cell.tsx';
import { shortAddress } from './short-address.ts';
import { labelText, needsAttention } from './views.ts';

/** Tags that a row shows before it counts the rest. */
const shownLabels = 2;

/** What happens to a row; the ids are of the row. */
export type RowActs = {
  open: (id: string) => void;
  toggle: (id: string) => void;
  range: (id: string) => void;
};

/** One workload in the list. Renders again only when its own record or its place changes. */
export const Row = memo(function Row(props: {
  id: string;
  domId: string;
  index: number;
  top: number;
  cursor: boolean;
  selected: boolean;
  current: boolean;
  acts: RowActs;
  /** Handed down, for a hook in each row costs at every scroll. */
  t: TFunction<['list', 'common']>;
}) {
  const workload = useHost((state) => state.workloads[props.id]);
  if (!workload) return null;
  const { acts, id, t } = props;
  const click = (event: MouseEvent) => {
    if (event.shiftKey) acts.range(id);
    else if (event.metaKey || event.ctrlKey) acts.toggle(id);
    else acts.open(id);
  };
  // The grid itself has the keyboard focus and takes the keys of its rows.
  const key = (event: KeyboardEvent) => event.key === 'Enter' && acts.open(id);
  return (
    <div
      id={props.domId}
      className="list-row"
      role="row"
      tabIndex={-1}
      aria-rowindex={props.index + 2}
      aria-selected={props.selected}
      aria-current={props.current ? 'page' : undefined}
      data-cursor={props.cursor ? 'true' : undefined}
      data-id={id}
      data-name={workload.spec.name}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={click}
      onKeyDown={key}
    >
      <span role="gridcell" className="cell-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('select', { name: workload.spec.name })}
          checked={props.selected}
          onChange={() => acts.toggle(id)}
          onClick={(event) => event.stopPropagation()}
        />
      </span>
      <Cells workload={workload} t={t} />
    </div>
  );
});

function Cells({ workload, t }: { workload: Workload; t: TFunction<['list', 'common']> }) {
  const { spec, observation, id } = workload;
  const live = observation.phase === 'running' || observation.phase === 'paused';
  const labels = Object.entries(spec.labels).map(([key, value]) => labelText(key, value));
  const addresses = observation.addresses ?? [];
  return (
    <>
      <span role="gridcell" className="cell-state" title={observation.reason}>
        <StateMark
          phase={observation.phase}
          word={stateWord(t, observation.phase, workload.pendingVerb)}
          pending={workload.pendingVerb !== null}
        />
      </span>
      <span role="gridcell" className="cell-name">
        <span className="truncate">{spec.name}</span>
        {needsAttention(workload) && observation.attention ? (
          <Tooltip text={observation.attention}>
            <span>
              <Badge tone="warn">{t('attention')}</Badge>
            </span>
          </Tooltip>
        ) : null}
        {observation.pending?.length ? (
          <Tooltip text={t('pendingHint', { fields: observation.pending.join(', ') })}>
            <span>
              <Badge>{t('pending')}</Badge>
            </span>
          </Tooltip>
        ) : null}
      </span>
      <span role="gridcell" className="cell-driver">
        <DriverMark driver={spec.driver} word={driverWord(t(`common:driver.${spec.driver}`), spec)} />
      </span>
      <span role="gridcell" className="cell-cpu">
        {live ? <MetricCell id={id} measure={cpuMeasure} max={spec.resources.vcpus} /> : null}
      </span>
      <span role="gridcell" className="cell-memory">
        {live ? (
          <MetricCell id={id} measure={memoryMeasure} max={spec.resources.memoryBytes} />
        ) : (
          <span className="num muted cell-value">
            {spec.resources.memoryBytes ? formatBytes(spec.resources.memoryBytes) : ''}
          </span>
        )}
      </span>
      <span
        role="gridcell"
        className="cell-address truncate mono"
        title={addresses.map((address) => address.text).join('\n') || undefined}
      >
        {workload.trashedUntilMs !== null ? (
          <span className="cell-gone">
            <RelativeTime atMs={workload.trashedUntilMs} />
          </span>
        ) : addresses.length === 0 && needsAttention(workload) ? (
          <span className="cell-gone" title={observation.reason}>
            {observation.reason}
          </span>
        ) : (
          addresses.map((address) => shortAddress(address.text)).join(', ')
        )}
      </span>
      <span role="gridcell" className="cell-labels">
        {typeof spec.settings['endpoint'] === 'string' ? <Badge>{spec.settings['endpoint']}</Badge> : null}
        {labels.slice(0, shownLabels).map((label) => (
          <Badge key={label}>{label}</Badge>
        ))}
        {labels.length > shownLabels ? (
          <Tooltip text={labels.slice(shownLabels).join('\n')}>
            <span>
              <Badge>+{labels.length - shownLabels}</Badge>
            </span>
          </Tooltip>
        ) : null}
      </span>
    </>
  );
}

/** The driver, and which of its engines where that is not the default one. */
function driverWord(word: string, spec: WorkloadSpec): string {
  const { endpoint } = spec.settings;
  return typeof endpoint === 'string' ? `${word}: ${endpoint}` : word;
}
