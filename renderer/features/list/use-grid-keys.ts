import type { KeyboardEvent } from 'react';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useWindow } from '../../client/window-context.ts';
import { useVerbKeys } from '../../verbs/use-verb-keys.ts';
import type { SelectionAct } from './selection.ts';

/** The keys of the list. Verbs act on the selected rows, else on the cursor's. */
export function useGridKeys(grid: {
  cursor: string | null;
  act: (what: SelectionAct) => void;
  open: (id: string) => void;
  /** Rows of one page. */
  page: () => number;
}): (event: KeyboardEvent) => void {
  const { host, ui, route } = useWindow();
  const runVerb = useVerbKeys();
  const targets = (): Workload[] => {
    const { selected } = ui.getState();
    const ids = selected.size > 0 ? [...selected] : grid.cursor === null ? [] : [grid.cursor];
    const { workloads } = host.getState();
    return ids.flatMap((id) => workloads[id] ?? []);
  };
  const escape = () => {
    const at = route.getState().route;
    if (ui.getState().selected.size > 0) grid.act({ type: 'none' });
    else if (at.page === 'list' && at.id !== null) route.go({ ...at, id: null, tab: null });
  };
  return (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key !== 'a') return;
    const move = (by: number) => grid.act({ type: 'move', by: Math.round(by), extend: event.shiftKey });
    if (mod) grid.act({ type: 'all' });
    else if (event.key === 'ArrowDown' || event.key === 'j') move(1);
    else if (event.key === 'ArrowUp' || event.key === 'k') move(-1);
    else if (event.key === 'PageDown') move(grid.page());
    else if (event.key === 'PageUp') move(-grid.page());
    else if (event.key === 'Home') grid.act({ type: 'edge', to: 'first' });
    else if (event.key === 'End') grid.act({ type: 'edge', to: 'last' });
    else if (event.key === 'Enter' && grid.cursor !== null) grid.open(grid.cursor);
    else if (event.key === ' ' && grid.cursor !== null) grid.act({ type: 'toggle', id: grid.cursor });
    else if (event.key === 'Escape') escape();
    else if (!runVerb(event.key === 'Backspace' ? 'Delete' : event.key, targets())) return;
    event.preventDefault();
  };
}
