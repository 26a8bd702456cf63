import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useRun } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { Progress } from '../../ui/progress.tsx';

/** Lines of a job's output that are shown while it runs. */
const shownLines = 4;

/** What runs now of these verbs: how far, its last lines, and its cancel. */
export function StoreJobs({ verbs }: { verbs: readonly string[] }) {
  const { t } = useTranslation('jobs');
  const run = useRun();
  const jobs = useHost(
    useShallow((state) =>
      Object.values(state.jobs).filter(
        (job) => verbs.includes(job.verb) && (job.state === 'running' || job.state === 'queued'),
      ),
    ),
  );
  if (jobs.length === 0) return null;
  return (
    <ul className="store-jobs">
      {jobs.map((job) => {
        const title = `${t(`verb.${job.verb}`, { defaultValue: job.verb })} ${job.subject}`;
        return (
          <li key={job.id}>
            <div className="row">
              <strong className="truncate grow">{title}</strong>
              <span className="num muted">{job.fraction === null ? '' : `${Math.round(job.fraction * 100)} %`}</span>
              <IconButton
                size="sm"
                icon={X}
                label={t('cancel', { verb: t(`verb.${job.verb}`, { defaultValue: job.verb }), subject: job.subject })}
                onClick={() => void run('jobs.cancel', { job: job.id })}
              />
            </div>
            <Progress fraction={job.fraction} label={title} />
            <p className="muted truncate">{job.message}</p>
            {job.log.length > 1 ? <pre className="store-output">{job.log.slice(-shownLines).join('\n')}</pre> : null}
          </li>
        );
      })}
    </ul>
  );
}
