import { CircleAlert, CircleHelp, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../../../electron/bridge/contract.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { errorText } from '../../format/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

/** What stands where a workload is not: it was removed, or could not be made, and then why. */
export function Gone({ id }: { id: string }) {
  const { t } = useTranslation(['workload', 'common', 'list']);
  const { ui, route } = useWindow();
  const failed = useHost((state) => failedCreate(state.jobs, id));
  if (failed?.error) {
    return (
      <EmptyState icon={CircleAlert} title={t('gone.notMade', { name: failed.subject })} text={failed.error.message}>
        <Button variant="primary" icon={Plus} onClick={() => ui.setState({ dialog: 'create' })}>
          {t('list:new')}
        </Button>
        <CopyButton label={t('common:copyDetails')} text={errorText(failed.error)} />
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={CircleHelp} title={t('gone.title')} text={t('gone.text')}>
      <Button onClick={() => route.go({ page: 'list', view: 'all', id: null, tab: null })}>{t('back')}</Button>
    </EmptyState>
  );
}

function failedCreate(jobs: Readonly<Record<string, Job>>, id: string): Job | undefined {
  return Object.values(jobs).find((job) => job.workloadId === id && job.verb === 'create' && job.state === 'failed');
}
