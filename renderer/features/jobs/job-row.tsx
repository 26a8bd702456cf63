import { Ban, CircleAlert, CircleCheck, CircleDashed, Unplug, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { IconButton } from '../../ui/button.tsx';
import { Progress } from '../../ui/progress.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { isActive } from './jobs.ts';

/** The shape of a job's state. */
function JobGlyph({ state }: { state: Job['state'] }) {
  switch (state) {
    case 'queued':
      return <CircleDashed size={14} aria-hidden />;
    case 'running':
      return <span className="spinner" aria-hidden />;
    case 'succeeded':
      return <CircleCheck size={14} aria-hidden />;
    case 'failed':
      return <CircleAlert size={14} aria-hidden />;
    case 'cancelled':
      return <Ban size={14} aria-hidden />;
    case 'interrupted':
      return <Unplug size={14} aria-hidden />;
  }
}

/** One job: what, to whom, how far; a running one can be cancelled. */
export function JobRow({ job, current, onChoose }: { job: Job; current: boolean; onChoose: (id: string) => void }) {
  const { t } = useTranslation('jobs');
  const run = useRun();
  const title = t(`verb.${job.verb}`, { defaultValue: job.verb });
  return (
    <li className="job" data-state={job.state} data-current={current ? 'true' : undefined}>
      <button type="button" className="job-main" aria-pressed={current} onClick={() => onChoose(job.id)}>
        <JobGlyph state={job.state} />
        <span className="truncate">
          <strong>{title}</strong> {job.subject}
        </span>
        <span className="sr-only">{t(`state.${job.state}`)}</span>
        {isActive(job) ? (
          <span className="job-progress">
            <Progress fraction={job.fraction} label={`${title} ${job.subject}`} />
          </span>
        ) : (
          <span className="muted num job-time">
            <RelativeTime atMs={job.endedAtMs ?? job.createdAtMs} />
          </span>
        )}
      </button>
      {isActive(job) ? (
        <IconButton
          size="sm"
          icon={X}
          label={t('cancel', { verb: title, subject: job.subject })}
          onClick={() => void run('jobs.cancel', { job: job.id })}
        />
      ) : null}
    </li>
  );
}
