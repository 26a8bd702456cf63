import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { SavedFilter } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useHost, useWindow } from '../../client/window-context.ts';

/** One list for all times without settings. */
const none: readonly SavedFilter[] = [];

/** The saved filters, kept by the host for all windows. */
export function useSavedFilters() {
  const { host, route, toasts } = useWindow();
  const { t } = useTranslation(['filters', 'common']);
  const run = useRun();
  const saved = useHost((state) => state.settings?.savedFilters ?? none);
  const change = useCallback(
    (next: (now: readonly SavedFilter[]) => SavedFilter[]) =>
      run('settings.set', { savedFilters: next(host.getState().settings?.savedFilters ?? none) }),
    [run, host],
  );
  return {
    saved,
    /** Keeps one under a name; null when the host refused it. */
    add: async (given: Omit<SavedFilter, 'id'>): Promise<SavedFilter | null> => {
      const one = { ...given, id: newId() };
      return (await change((now) => [...now, one])) === null ? null : one;
    },
    rename: (id: string, name: string) => change((now) => now.map((one) => (one.id === id ? { ...one, name } : one))),
    /** Removes one, with a way back. */
    remove: async (gone: SavedFilter) => {
      const at = saved.indexOf(gone);
      if ((await change((now) => now.filter((one) => one.id !== gone.id))) === null) return;
      const here = route.getState().route;
      if (here.page === 'list' && here.view.endsWith(gone.id)) route.go({ ...here, view: 'all' }, { replace: true });
      toasts.show({
        tone: 'ok',
        text: t('removed', { name: gone.name }),
        action: { label: t('common:undo'), run: () => void change((now) => now.toSpliced(at, 0, gone)) },
      });
    },
  };
}

function newId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
