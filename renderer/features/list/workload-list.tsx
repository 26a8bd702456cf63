import { useUi } from '../../client/window-context.ts';
import { BulkBar } from './bulk-bar.tsx';
import { Grid } from './grid.tsx';
import { ListEmpty } from './list-empty.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { useRows } from './use-rows.ts';

/** The list of one view: toolbar, rows, and the bar of the selected ones. */
export function WorkloadList({ view, openId }: { view: string; openId: string | null }) {
  const sort = useUi((state) => state.preferences.sort);
  const { ids, total } = useRows(view, sort);
  return (
    <section className="list">
      <ListToolbar view={view} shown={ids.length} total={total} />
      {ids.length === 0 ? (
        <ListEmpty view={view} filtered={total > 0} />
      ) : (
        <Grid ids={ids} view={view} openId={openId} />
      )}
      <BulkBar ids={ids} />
    </section>
  );
}
