import type { SavedFilter, Workload } from '../../../electron/bridge/contract.ts';
import { fitsFilter, inView } from '../list/views.ts';

/** Begins the name of a view that is a saved filter; its id follows. */
const prefix = 'saved:';

/** The view of the list that shows a saved filter. */
export const savedView = (id: string): string => prefix + id;

/** The saved filter that a view shows; undefined for any other view, and for one that was removed. Pure. */
export function savedOf(view: string, saved: readonly SavedFilter[]): SavedFilter | undefined {
  return view.startsWith(prefix) ? saved.find((one) => savedView(one.id) === view) : undefined;
}

/** Whether a workload is in a view, saved filters too. One that is gone shows everything. Pure. */
export function inAnyView(workload: Workload, view: string, saved: readonly SavedFilter[]): boolean {
  if (!view.startsWith(prefix)) return inView(workload, view);
  const one = savedOf(view, saved);
  return one === undefined ? inView(workload, 'all') : inView(workload, one.view) && fitsFilter(workload, one.filter);
}

/** What would be saved: the view below and the whole text, also when a saved one is narrowed further. Pure. */
export function toSave(view: string, filter: string, saved: readonly SavedFilter[]): { view: string; filter: string } {
  const base = savedOf(view, saved);
  const text = filter.trim();
  return base === undefined
    ? { view: view.startsWith(prefix) ? 'all' : view, filter: text }
    : { view: base.view, filter: `${base.filter} ${text}`.trim() };
}
