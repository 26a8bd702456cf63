import type { KeyboardEvent } from 'react';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useWindow } from '../../client/window-context.ts';
import { useVerb } from '../../verbs/use-verbs.ts';
import type { VerbName } from '../../verbs/verbs.ts';
import type { SelectionAct } from './selection.ts';

/** One key a verb; `p` is pause or resume by state. */
const verbKeys: Record<string, VerbName> = {
  s: 'start',
  x: 'stop',
  p: 'pause',
  r: 'restart',
  n: 'snapshot',
  Delete: 'remove',
  Backspace: 'remove',
};

/** The keys of the list. Verbs act on the selected rows, else on the cursor's. */
export function useGridKeys(grid: {
  cursor: string | null;
  act: (what: SelectionAct) => void;
  open: (id: string) => void;
  /** Rows of one page. */
  page: () => number;
}): (event: KeyboardEvent) => void {
  const { host, ui, route } = useWindow();
  const verb = useVerb();
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
  const runVerb = (name: VerbName) => {
    const list = targets();
    if (name !== 'pause') return void verb(name, list);
    const paused = list.filter((one) => one.observation.phase === 'paused');
    if (paused.length > 0) void verb('resume', paused);
    void verb(
      'pause',
      list.filter((one) => one.observation.phase === 'running'),
    );
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
    else if (verbKeys[event.key]) runVerb(verbKeys[event.key] as VerbName);
    else return;
    event.preventDefault();
  };
}
