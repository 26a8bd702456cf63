import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useWindow } from '../client/window-context.ts';
import { newTroubles, phaseChanges } from './phase-changes.ts';

/** More at one time would only cover the list, which shows them all. */
const most = 3;

/** Tells of workloads that end badly or come to need somebody while the window is open, unless their page is in sight and tells it. */
export function useCrashNotices(): void {
  const { host, route, toasts } = useWindow();
  const { t } = useTranslation(['shell', 'common']);
  useEffect(
    () =>
      host.subscribe((state, before) => {
        if (state.workloads === before.workloads || before.epoch === null) return;
        const at = route.getState().route;
        const isInSight = (id: string) => at.page === 'list' && at.id === id;
        const show = (id: string) => ({
          label: t('show'),
          run: () => route.go({ page: 'list', view: 'all', id, tab: null }),
        });
        const bad = phaseChanges(before.workloads, state.workloads).filter(
          (one) => (one.phase === 'crashed' || one.phase === 'lost') && !isInSight(one.id),
        );
        for (const one of bad.slice(0, most)) {
          const { reason } = state.workloads[one.id]?.observation ?? {};
          toasts.show({
            tone: 'bad',
            text: t(`ended.${one.phase}`, { name: one.name, reason: reason ?? '' }),
            action: show(one.id),
          });
        }
        const ended = new Set(bad.map(({ id }) => id));
        const troubled = newTroubles(before.workloads, state.workloads).filter(
          ({ id }) => !ended.has(id) && !isInSight(id),
        );
        for (const one of troubled.slice(0, most))
          toasts.show({ tone: 'info', text: `${one.name}: ${one.attention}`, action: show(one.id) });
      }),
    [host, route, toasts, t],
  );
}
