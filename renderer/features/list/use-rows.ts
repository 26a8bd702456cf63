import { useMemo } from 'react';
import { useHost, useUi } from '../../client/window-context.ts';
import { inAnyView } from '../filters/saved.ts';
import { useSavedFilters } from '../filters/use-saved-filters.ts';
import { type ListSort, sortWorkloads } from './sort.ts';
import { fitsFilter } from './views.ts';

/** The ids of the rows of a view, filtered and sorted, and how many the view has without the filter. */
export function useRows(view: string, sort: ListSort): { ids: string[]; total: number } {
  const workloads = useHost((state) => state.workloads);
  const filter = useUi((state) => state.filter);
  const { saved } = useSavedFilters();
  return useMemo(() => {
    const inside = Object.values(workloads).filter((workload) => inAnyView(workload, view, saved));
    const fitting = filter.trim() === '' ? inside : inside.filter((workload) => fitsFilter(workload, filter));
    return { ids: sortWorkloads(fitting, sort).map((workload) => workload.id), total: inside.length };
  }, [workloads, filter, view, sort, saved]);
}
