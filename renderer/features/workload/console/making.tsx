import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { useHost } from '../../../client/window-context.ts';
import { Progress } from '../../../ui/progress.tsx';
import { activeJobs } from '../../jobs/jobs.ts';

/** What stands in a console's place while the workload is being made: how far it is. */
export function Making({ workload }: { workload: Workload }) {
  const { t } = useTranslation('workload');
  const job = useHost((state) => activeJobs(state.jobs).find((one) => one.workloadId === workload.id));
  return (
    <div className="empty" role="status">
      <h2>{t('console.making', { name: workload.spec.name })}</h2>
      <p>{job?.message || t('console.makingText')}</p>
      <div className="making-progress">
        <Progress fraction={job?.fraction ?? null} label={t('console.making', { name: workload.spec.name })} />
      </div>
    </div>
  );
}
