import { useTranslation } from 'react-i18next';
import type { Job } from '../../../electron/bridge/contract.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { foldCommands } from '../../format/shell-line.ts';
import { formatDuration } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Progress } from '../../ui/progress.tsx';
import { isActive } from './jobs.ts';

/** One job in full: outcome, duration, error and output. */
export function JobDetails({ job }: { job: Job }) {
  const { t } = useTranslation('jobs');
  const { route } = useWindow();
  const known = useHost((state) => (job.workloadId === null ? undefined : state.workloads[job.workloadId]));
  const title = t(`verb.${job.verb}`, { defaultValue: job.verb });
  const took =
    job.startedAtMs !== null && job.endedAtMs !== null ? formatDuration(job.endedAtMs - job.startedAtMs) : null;
  return (
    <div className="job-details">
      <div className="row">
        <strong className="truncate">
          {title} {job.subject}
        </strong>
        <span className="muted">{[t(`state.${job.state}`), took].filter(Boolean).join(', ')}</span>
        <span className="grow" />
        {known ? (
          <Button size="sm" onClick={() => route.go({ page: 'list', view: 'all', id: known.id, tab: null })}>
            {t('open')}
          </Button>
        ) : null}
      </div>
      {isActive(job) ? <Progress fraction={job.fraction} label={title} /> : null}
      {job.message && isActive(job) ? <p className="muted">{job.message}</p> : null}
      {job.error ? <ErrorNote error={{ ...job.error }} /> : null}
      {job.log.length > 0 ? <CodeBlock text={foldCommands(job.log)} label={t('output')} /> : null}
      {job.log.length === 0 && !job.error ? <p className="muted">{t('noOutput')}</p> : null}
    </div>
  );
}
