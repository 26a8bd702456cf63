import { useVirtualizer } from '@tanstack/react-virtual';
import { RotateCcw } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotTreeView, Workload } from '../../../../electron/bridge/contract.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { layoutTree, type PlacedSnapshot } from './layout.ts';

/** Pixels of a row and of a lane. */
const rowHeight = 44;
const laneWidth = 22;
const margin = 18;

const x = (lane: number) => margin + lane * laneWidth;
const y = (row: number) => row * rowHeight + rowHeight / 2;

/** A line from a child up here to its parent down there; a branch bends into its parent's lane at the end. */
function path(child: { row: number; lane: number }, parent: { row: number; lane: number }): string {
  const [fromX, fromY, toX, toY] = [x(child.lane), y(child.row), x(parent.lane), y(parent.row)];
  if (fromX === toX) return `M${fromX} ${fromY}V${toY}`;
  const bend = Math.min(rowHeight * 0.7, toY - fromY);
  return `M${fromX} ${fromY}V${toY - bend}C${fromX} ${toY - bend * 0.4} ${toX} ${toY - bend * 0.6} ${toX} ${toY}`;
}

/** The drawn tree. Arrows move, Enter goes back to the chosen one. */
export function Timeline(props: {
  workload: Workload;
  tree: SnapshotTreeView;
  selected: string | null;
  onSelect: (id: string) => void;
  onRestore: (id: string) => void;
}) {
  const { t } = useTranslation(['workload', 'common']);
  const { tree, selected } = props;
  const busy = props.workload.pendingVerb === null ? null : t('common:refusal.busy');
  const layout = layoutTree(tree.snapshots, tree.currentId);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: layout.placed.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const width = x(layout.lanes - 1) + margin;
  const height = (layout.placed.length + 1) * rowHeight;
  const index = layout.placed.findIndex((one) => one.snapshot.id === selected);
  const move = (by: number) => {
    const next = layout.placed[Math.min(layout.placed.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    props.onSelect(next.snapshot.id);
    rows.scrollToIndex(next.row);
  };
  const seen = new Set(rows.getVirtualItems().map((item) => item.index));
  const first = Math.min(...seen);
  const last = Math.max(...seen);
  const crosses = (row: number, parentRow: number | null) => row <= last && (parentRow ?? row) >= first;
  return (
    <div
      ref={scroller}
      className="timeline"
      role="listbox"
      tabIndex={0}
      aria-label={t('snapshots.tree')}
      aria-activedescendant={selected === null ? undefined : `snapshot-${selected}`}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') move(1);
        else if (event.key === 'ArrowUp') move(-1);
        else if (event.key === 'Enter' && selected !== null && busy === null) props.onRestore(selected);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div className="timeline-rows" style={{ height }}>
        <svg width={width} height={height} aria-hidden>
          {layout.here.parentRow !== null && layout.here.parentLane !== null ? (
            <path
              className="trunk present"
              d={path(layout.here, { row: layout.here.parentRow, lane: layout.here.parentLane })}
            />
          ) : null}
          {layout.placed
            .filter((one) => one.parentRow !== null && crosses(one.row, one.parentRow))
            .map((one) => (
              <path
                key={one.snapshot.id}
                className={one.lane === 0 ? 'trunk' : 'branch'}
                d={path(one, { row: one.parentRow ?? 0, lane: one.parentLane ?? 0 })}
              />
            ))}
          <Here />
          {layout.placed
            .filter((one) => seen.has(one.row))
            .map((one) => (
              <Node
                key={one.snapshot.id}
                placed={one}
                selected={one.snapshot.id === selected}
                current={one.snapshot.id === tree.currentId}
              />
            ))}
        </svg>
        {rows.getVirtualItems().map((item) => {
          const style = { transform: `translateY(${item.start}px)`, height: rowHeight, paddingLeft: width + 8 };
          const placed = layout.placed[item.index - 1];
          if (placed === undefined) {
            return (
              <div key="here" className="timeline-row here" style={style}>
                <strong>{t('snapshots.here')}</strong>
                <span className="muted truncate">
                  {props.workload.observation.phase === 'running'
                    ? t('snapshots.hereRunning')
                    : t('snapshots.hereStopped')}
                </span>
              </div>
            );
          }
          return (
            <Row
              key={placed.snapshot.id}
              placed={placed}
              style={style}
              selected={placed.snapshot.id === selected}
              current={placed.snapshot.id === tree.currentId}
              busy={busy}
              onSelect={() => props.onSelect(placed.snapshot.id)}
              onRestore={() => props.onRestore(placed.snapshot.id)}
            />
          );
        })}
      </div>
    </div>
  );
}

function Here() {
  return (
    <g className="here-mark">
      <circle cx={x(0)} cy={y(0)} r={8} />
      <circle className="core" cx={x(0)} cy={y(0)} r={3.5} />
    </g>
  );
}

function Node({ placed, selected, current }: { placed: PlacedSnapshot; selected: boolean; current: boolean }) {
  const radius = placed.snapshot.automatic ? 4 : 6.5;
  const memory = placed.snapshot.kind === 'disk+memory' || placed.snapshot.kind === 'memory';
  return (
    <g className="snapshot-node" data-selected={selected} data-current={current} data-memory={memory}>
      {selected ? <circle className="halo" cx={x(placed.lane)} cy={y(placed.row)} r={radius + 4} /> : null}
      <circle cx={x(placed.lane)} cy={y(placed.row)} r={radius} />
    </g>
  );
}

function Row(props: {
  placed: PlacedSnapshot;
  style: React.CSSProperties;
  selected: boolean;
  current: boolean;
  /** Why nothing can be done now. */
  busy: string | null;
  onSelect: () => void;
  onRestore: () => void;
}) {
  const { t } = useTranslation('workload');
  const { snapshot } = props.placed;
  const tail = snapshot.consoleTail?.trim().split('\n').slice(-8).join('\n');
  const row = (
    <div
      id={`snapshot-${snapshot.id}`}
      className="timeline-row"
      data-automatic={snapshot.automatic}
      role="option"
      aria-selected={props.selected}
      style={props.style}
      onClick={props.onSelect}
      onDoubleClick={props.onRestore}
    >
      <span className="timeline-name truncate">{snapshot.name}</span>
      <Badge tone={snapshot.kind === 'disk' || snapshot.kind === 'config' ? 'neutral' : 'accent'}>
        {t(`snapshots.kind.${snapshot.kind}`)}
      </Badge>
      {snapshot.automatic ? <Badge>{t('snapshots.automatic')}</Badge> : null}
      {props.current ? <Badge tone="ok">{t('snapshots.current')}</Badge> : null}
      <span className="grow" />
      <span className="timeline-back" onClick={(event) => event.stopPropagation()}>
        <IconButton
          size="sm"
          label={t('snapshots.back')}
          icon={RotateCcw}
          tabIndex={-1}
          reason={props.busy}
          onClick={props.onRestore}
        />
      </span>
      <span className="muted num timeline-size">{formatBytes(snapshot.sizeBytes)}</span>
      <span className="muted timeline-age">
        <RelativeTime atMs={snapshot.createdAtMs} />
      </span>
    </div>
  );
  return tail ? (
    <Tooltip side="bottom" text={<pre className="tail mono">{tail}</pre>}>
      {row}
    </Tooltip>
  ) : (
    row
  );
}
