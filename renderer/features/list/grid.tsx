import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { GridHead } from './grid-head.tsx';
import { Row, type RowActs } from './row.tsx';
import { RowMenu } from './row-menu.tsx';
import { type Selection, type SelectionAct, select } from './selection.ts';
import { useGridKeys } from './use-grid-keys.ts';

/** Height of a row in pixels; the token `--row` says the same. */
const rowHeight = 32;

/** The rows that are in sight of all there are. The grid has the focus; `aria-activedescendant` names the cursor's row. */
export function Grid({ ids, view, openId }: { ids: readonly string[]; view: string; openId: string | null }) {
  const { ui, route } = useWindow();
  const { t } = useTranslation(['list', 'common']);
  const selected = useUi((state) => state.selected);
  const [place, setPlace] = useState<{ cursor: string | null; anchor: string | null }>({
    cursor: openId,
    anchor: openId,
  });
  const scroller = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => ids[index] ?? index,
  });

  const state = useRef<{ ids: readonly string[]; selection: Selection }>({ ids, selection: { ...place, selected } });
  useEffect(() => {
    state.current = { ids, selection: { ...place, selected } };
  }, [ids, place, selected]);

  const { act, open } = useMemo(() => {
    const act = (what: SelectionAct) => {
      const next = select(state.current.selection, state.current.ids, what);
      state.current.selection = next;
      setPlace({ cursor: next.cursor, anchor: next.anchor });
      ui.setState({ selected: next.selected });
    };
    const open = (id: string) => {
      act({ type: 'only', id });
      const at = route.getState().route;
      const tab = at.page === 'list' ? at.tab : null;
      route.go({ page: 'list', view, id, tab });
    };
    return { act, open };
  }, [ui, route, view]);
  const acts = useMemo<RowActs>(
    () => ({ open, toggle: (id) => act({ type: 'toggle', id }), range: (id) => act({ type: 'range', id }) }),
    [act, open],
  );

  const cursorIndex = place.cursor === null ? -1 : ids.indexOf(place.cursor);
  useEffect(() => {
    if (cursorIndex >= 0) virtual.scrollToIndex(cursorIndex, { align: 'auto' });
  }, [cursorIndex, virtual]);

  const onKeyDown = useGridKeys({
    cursor: place.cursor,
    act,
    open,
    page: () => (scroller.current?.clientHeight ?? 320) / rowHeight - 1,
  });
  const rowId = (id: string) => `${gridId}-${id}`;
  return (
    <div
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={t('workloads')}
      aria-rowcount={ids.length + 1}
      aria-multiselectable
      aria-activedescendant={cursorIndex >= 0 && place.cursor ? rowId(place.cursor) : undefined}
      onKeyDown={onKeyDown}
    >
      <GridHead ids={ids} trash={view === 'trash'} />
      <div className="grid-scroll" ref={scroller} role="rowgroup">
        <RowMenu>
          <div className="grid-rows" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const id = ids[item.index];
              return id === undefined ? null : (
                <Row
                  key={id}
                  id={id}
                  domId={rowId(id)}
                  index={item.index}
                  top={item.start}
                  cursor={id === place.cursor}
                  selected={selected.has(id)}
                  current={id === openId}
                  acts={acts}
                  t={t}
                />
              );
            })}
          </div>
        </RowMenu>
      </div>
    </div>
  );
}
