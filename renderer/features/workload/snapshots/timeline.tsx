import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotTreeView, Workload } from '../../../../electron/bridge/contract.ts';
import { useKeptRefusal } from '../../../verbs/use-verbs.ts';
import { geometryOf } from './geometry.ts';
import { layoutTree } from './layout.ts';
import { TimelineRow } from './timeline-row.tsx';
import { TreeDrawing } from './tree-drawing.tsx';

/** Rows that PageUp and PageDown pass. */
const page = 10;

/** The drawn tree. Arrows move, Enter goes back to the chosen one. */
export function Timeline(props: {
  workload: Workload;
  tree: SnapshotTreeView;
  selected: string | null;
  onSelect: (id: string) => void;
  onRestore: (id: string) => void;
  onCompare: (id: string) => void;
}) {
  const { t } = useTranslation(['workload', 'common']);
  const { tree, selected, onSelect } = props;
  const busy = useKeptRefusal(props.workload);
  const layout = useMemo(() => layoutTree(tree.snapshots, tree.currentId), [tree]);
  const geometry = useMemo(() => geometryOf(layout), [layout]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: layout.placed.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => geometry.rowHeight(index),
    overscan: 12,
  });
  // Rows of other heights than before: what was measured says nothing.
  useEffect(() => rows.measure(), [rows, geometry]);
  const index = layout.placed.findIndex((one) => one.snapshot.id === selected);
  const select = (to: number) => {
    const next = layout.placed[Math.min(layout.placed.length - 1, Math.max(0, to))];
    if (next === undefined) return;
    onSelect(next.snapshot.id);
    rows.scrollToIndex(next.row);
  };
  const onKey = (key: string): boolean => {
    if (key === 'ArrowDown') select(index + 1);
    else if (key === 'ArrowUp') select(index - 1);
    else if (key === 'PageDown') select(index + page);
    else if (key === 'PageUp') select(index - page);
    else if (key === 'Home') select(0);
    else if (key === 'End') select(layout.placed.length - 1);
    else if (key === 'Enter' && selected !== null && busy === null) props.onRestore(selected);
    else if (key === 'd' && selected !== null) props.onCompare(selected);
    else return false;
    return true;
  };
  const items = rows.getVirtualItems();
  const { phase } = props.workload.observation;
  return (
    <div
      ref={scroller}
      className="timeline"
      role="listbox"
      tabIndex={0}
      aria-label={t('snapshots.tree')}
      aria-activedescendant={selected === null ? undefined : `snapshot-${selected}`}
      onKeyDown={(event) => {
        if (!onKey(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div className="timeline-rows" role="presentation" style={{ height: geometry.height }}>
        <TreeDrawing
          layout={layout}
          geometry={geometry}
          seen={{ first: items[0]?.index ?? 0, last: items.at(-1)?.index ?? 0 }}
          selected={selected}
          current={tree.currentId}
        />
        {items.map((item) => {
          const style = {
            transform: `translateY(${geometry.top(item.index)}px)`,
            height: geometry.rowHeight(item.index),
            paddingLeft: geometry.indent(item.index),
          };
          const placed = layout.placed[item.index - 1];
          if (placed === undefined) {
            return (
              <div key="here" className="timeline-row here" role="presentation" style={style}>
                <span className="here-badge">{t('snapshots.here')}</span>
                <span className="muted truncate">
                  {t(phase === 'running' ? 'snapshots.hereRunning' : 'snapshots.hereStopped')}
                </span>
              </div>
            );
          }
          return (
            <TimelineRow
              key={placed.snapshot.id}
              workload={props.workload.id}
              snapshot={placed.snapshot}
              style={style}
              selected={placed.snapshot.id === selected}
              current={placed.snapshot.id === tree.currentId}
              busy={busy}
              onSelect={() => onSelect(placed.snapshot.id)}
              onRestore={() => props.onRestore(placed.snapshot.id)}
            />
          );
        })}
      </div>
    </div>
  );
}
