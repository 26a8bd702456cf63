import { useEffect } from 'react';
import { useWindow } from '../client/window-context.ts';
import { filterId } from '../features/list/list-toolbar.tsx';
import { useVerbKeys } from '../verbs/use-verb-keys.ts';

/** Whether the keys belong to what is typed into. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
  );
}

/** Whether a menu or a dialog lies over the window: its keys are its own. */
function layered(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=menu], [role=dialog], [role=alertdialog]') !== null;
}

/** The keys that hold everywhere in the window. A terminal keeps all but the palette's second key. */
export function useShortcuts(): void {
  const { host, ui, route } = useWindow();
  const runVerb = useVerbKeys();
  useEffect(() => {
    const focusFilter = () => {
      const at = route.getState().route;
      if (at.page !== 'list') route.go({ page: 'list', view: 'all', id: null, tab: null });
      const shown = document.getElementById(filterId);
      // At once, so that no letter that follows is taken for a verb; only a list that is not there yet is drawn first.
      if (shown) shown.focus();
      else requestAnimationFrame(() => document.getElementById(filterId)?.focus());
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const mod = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const inTerminal = event.target instanceof HTMLElement && event.target.closest('.xterm, canvas') !== null;
      const act = (run: () => void) => {
        event.preventDefault();
        run();
      };
      if (mod && event.shiftKey && key === 'p') return act(() => ui.setState({ dialog: 'palette' }));
      if (inTerminal) return;
      if (mod && key === 'k') return act(() => ui.setState({ dialog: 'palette' }));
      if (mod && key === 'j') return act(() => ui.setState((state) => ({ trayOpen: !state.trayOpen })));
      if (mod || event.altKey || typing(event.target) || layered(event.target) || ui.getState().dialog !== null) return;
      if (key === '/') return act(focusFilter);
      if (key === '?') return act(() => ui.setState({ dialog: 'keys' }));
      if (key === 'c') return act(() => ui.setState({ dialog: 'create' }));
      // What is left belongs to the open workload.
      const at = route.getState().route;
      if (at.page !== 'list' || at.id === null) return;
      if (event.key === 'Escape') {
        return act(() => {
          route.go({ ...at, id: null, tab: null });
          requestAnimationFrame(() => document.querySelector<HTMLElement>('.grid')?.focus());
        });
      }
      const workload = host.getState().workloads[at.id];
      if (workload && runVerb(event.key, [workload])) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [host, ui, route, runVerb]);
}
