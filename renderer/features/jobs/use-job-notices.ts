import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useWindow } from '../../client/window-context.ts';
import { errorText } from '../../format/error-text.ts';
import { isRefusedRemoval } from '../removal/refused.ts';
import { newFailures } from './jobs.ts';

/** Tells of jobs that have failed while the window was open. */
export function useJobNotices(): void {
  const { host, toasts, ui } = useWindow();
  const { t } = useTranslation(['jobs', 'removal']);
  useEffect(
    () =>
      host.subscribe((state, before) => {
        if (state.jobs === before.jobs) return;
        const followed = before.epoch !== null && before.epoch === state.epoch;
        for (const job of newFailures(before.jobs, state.jobs, followed)) {
          toasts.show({
            tone: 'bad',
            text: job.error?.message ?? t('endedBadly', { verb: job.verb, subject: job.subject }),
            action:
              isRefusedRemoval(job) && state.workloads[job.workloadId ?? ''] !== undefined
                ? { label: t('removal:offer'), run: () => ui.setState({ removing: job.workloadId }) }
                : { label: t('show'), run: () => ui.setState({ trayOpen: true }) },
            ...(job.error ? { details: errorText(job.error) } : {}),
          });
        }
      }),
    [host, toasts, ui, t],
  );
}
