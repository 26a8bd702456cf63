import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import type { SortKey } from './sort.ts';

const columns: { id: string; sort?: SortKey }[] = [
  { id: 'state', sort: 'state' },
  { id: 'name', sort: 'name' },
  { id: 'driver', sort: 'driver' },
  { id: 'cpu' },
  { id: 'memory', sort: 'memory' },
  { id: 'address' },
  { id: 'labels' },
];

/** The column heads; a click sorts, another turns the order around. The box selects all rows. */
export function GridHead({ ids, trash }: { ids: readonly string[]; trash: boolean }) {
  const { ui } = useWindow();
  const { t } = useTranslation('list');
  const sort = useUi((state) => state.preferences.sort);
  const selected = useUi((state) => state.selected);
  const all = ids.length > 0 && ids.every((id) => selected.has(id));
  const by = (key: SortKey) =>
    ui.setState((state) => ({
      preferences: { ...state.preferences, sort: { by: key, down: sort.by === key ? !sort.down : false } },
    }));
  const Arrow = sort.down ? ArrowDown : ArrowUp;
  return (
    <div role="rowgroup">
      <div className="list-head" role="row" aria-rowindex={1} tabIndex={-1}>
        <span role="columnheader" className="cell-check" tabIndex={-1}>
          <input
            type="checkbox"
            aria-label={t('selectAll')}
            checked={all}
            onChange={() => ui.setState({ selected: new Set(all ? [] : ids) })}
          />
        </span>
        {columns.map(({ id, sort: key }) => (
          <span
            key={id}
            role="columnheader"
            tabIndex={-1}
            className={`cell-${id}`}
            aria-sort={key && sort.by === key ? (sort.down ? 'descending' : 'ascending') : undefined}
          >
            {key ? (
              <button type="button" className="head-button" onClick={() => by(key)}>
                {t(`column.${id}`)}
                {sort.by === key ? <Arrow size={12} aria-hidden /> : null}
              </button>
            ) : (
              t(trash && id === 'address' ? 'goneFrom' : `column.${id}`)
            )}
          </span>
        ))}
      </div>
    </div>
  );
}
