import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRunJob } from '../../../client/use-run.ts';
import { useWindow } from '../../../client/window-context.ts';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';

/** What is kept of before the last change, with the way back to it; nothing where nothing is kept. `onBack` follows a return. */
export function KeptNote({ workload, onBack }: { workload: Workload; onBack: () => void }) {
  const { t } = useTranslation(['workload', 'common']);
  const runJob = useRunJob();
  const { toasts } = useWindow();
  const kept = useQuery(
    'workloads.kept',
    { workload: workload.id },
    `${workload.pendingVerb ?? ''} ${JSON.stringify(workload.spec.settings)}`,
  );
  if (kept.data === null) return null;
  const { name } = workload.spec;
  const run = async (method: 'workloads.revert' | 'workloads.dropKept', text: string) => {
    if ((await runJob(method, { workload: workload.id })) === null) return;
    if (method === 'workloads.revert') onBack();
    kept.reload();
    toasts.show({ tone: 'ok', text });
  };
  const time = new Date(kept.data.atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <Note
      actions={
        <>
          <Button
            busy={workload.pendingVerb === 'revert'}
            onClick={() => void run('workloads.revert', t('settings.kept.isBack', { name }))}
          >
            {t('settings.kept.back')}
          </Button>
          <Button
            busy={workload.pendingVerb === 'drop-kept'}
            onClick={() => void run('workloads.dropKept', t('settings.kept.dropped', { name }))}
          >
            {t('settings.kept.drop')}
          </Button>
        </>
      }
    >
      {t('settings.kept.text', { age: time })}
    </Note>
  );
}
