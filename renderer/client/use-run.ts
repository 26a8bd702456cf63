import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { errorData, type InputOf, type MethodsOf, type OutputOf } from '../../electron/bridge/contract.ts';
import { errorText } from '../format/error-text.ts';
import { isAway } from '../store/store.ts';
import { useWindow } from './window-context.ts';

/** Runs a command of the host. An error becomes a toast and the answer null; jobs go on in the tray. */
export function useRun() {
  const { client, host, toasts } = useWindow();
  const { t } = useTranslation('common');
  return useCallback(
    async <M extends MethodsOf<'command'>>(method: M, input: InputOf<M>): Promise<OutputOf<M> | null> => {
      if (isAway(host.getState().connection)) {
        // It would be done whenever the host is back, when nobody thinks of it any more.
        toasts.show({ tone: 'bad', text: t('refusal.hostAway') });
        return null;
      }
      try {
        return await client.call(method, input);
      } catch (thrown) {
        const error = errorData(thrown);
        toasts.show({ tone: 'bad', text: error.message || t('failed'), details: errorText(error) });
        return null;
      }
    },
    [client, host, toasts, t],
  );
}

/** As `useRun`, for commands that answer with a job: waits until it has ended. Null when it did not succeed. */
export function useRunJob() {
  const { client } = useWindow();
  const run = useRun();
  return useCallback(
    async <M extends JobMethod>(method: M, input: InputOf<M>) => {
      const answer = await run(method, input);
      if (answer === null) return null;
      // The tray and its toast tell of a failed job; a lost connection is told by the banner.
      const job = await client.call('jobs.wait', { job: answer.job.id }).catch(() => null);
      return job?.state === 'succeeded' ? job : null;
    },
    [client, run],
  );
}

/** The commands that answer with a job. */
export type JobMethod = {
  [M in MethodsOf<'command'>]: OutputOf<M> extends { job: { id: string; state: string } } ? M : never;
}[MethodsOf<'command'>];
