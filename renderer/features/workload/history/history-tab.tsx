import { CircleAlert, CircleCheck, Clock, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HostEvent, Job, Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useHost } from '../../../client/window-context.ts';
import { CodeBlock } from '../../../ui/copy.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import './history.css';

type Entry = { key: string; atMs: number; job?: Job; event?: HostEvent };

/** An event so near to the end of a job of its verb is that job's own, milliseconds. */
const sameMs = 2_000;

/** Jobs and events of one workload in one list, newest first; what a job tells already is left out of the events. Pure. */
export function mergeHistory(jobs: readonly Job[], events: readonly HostEvent[]): Entry[] {
  return [
    ...jobs.map((job) => ({ key: `job ${job.id}`, atMs: job.createdAtMs, job })),
    ...events
      .filter(
        (event) =>
          !jobs.some(
            (job) => job.verb === event.kind && job.endedAtMs !== null && Math.abs(job.endedAtMs - event.atMs) < sameMs,
          ),
      )
      .map((event) => ({ key: `event ${event.id}`, atMs: event.atMs, event })),
  ].sort((left, right) => right.atMs - left.atMs);
}

const eventIcons = { info: Info, warning: TriangleAlert, error: CircleAlert } as const;

/** What happened to a workload: its jobs with the commands that they ran, and its events. */
export function HistoryTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const liveJobs = useHost((state) => state.jobs);
  const mine = Object.values(liveJobs).filter((job) => job.workloadId === workload.id);
  const version = `${mine.length} ${workload.observation.phase} ${workload.pendingVerb ?? ''}`;
  const events = useQuery('events.list', { workload: workload.id, limit: 200 }, version);
  const stored = useQuery('jobs.list', { limit: 200 }, version);
  const jobs = new Map(
    [...(stored.data ?? []).filter((job) => job.workloadId === workload.id), ...mine].map((job) => [job.id, job]),
  );
  const entries = mergeHistory([...jobs.values()], events.data ?? []);
  if (events.data !== null && entries.length === 0) {
    return <EmptyState icon={Clock} title={t('history.none')} text={t('history.noneText')} />;
  }
  return (
    <ol className="history">
      {events.error ? <ErrorNote error={events.error} /> : null}
      {entries.map((entry) => {
        const level =
          entry.job === undefined
            ? (entry.event?.level ?? 'info')
            : entry.job.state === 'failed' || entry.job.state === 'interrupted'
              ? 'error'
              : 'info';
        const Icon = entry.job?.state === 'succeeded' ? CircleCheck : eventIcons[level];
        return (
          <li key={entry.key} data-level={level}>
            <Icon size={15} aria-hidden />
            <div className="grow">
              {entry.job === undefined ? <span>{entry.event?.message}</span> : <JobEntry job={entry.job} />}
            </div>
            <span className="muted">
              <RelativeTime atMs={entry.atMs} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function JobEntry({ job }: { job: Job }) {
  const { t } = useTranslation('workload');
  const took = job.endedAtMs !== null && job.startedAtMs !== null ? job.endedAtMs - job.startedAtMs : null;
  const words = [
    t(`job.${job.state}`),
    took === null ? '' : took < 1000 ? `${took} ms` : `${(took / 1000).toFixed(1)} s`,
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <details>
      <summary>
        <strong>{t(`jobVerb.${job.verb}`, { defaultValue: job.verb })}</strong> <span className="muted">{words}</span>
        {job.error ? <span className="bad"> {job.error.message}</span> : null}
      </summary>
      {job.message ? <p className="muted">{job.message}</p> : null}
      {job.log.length > 0 ? <CodeBlock text={job.log.join('\n')} label={t('history.copyLog')} /> : null}
      {job.error ? <ErrorNote error={job.error} /> : null}
    </details>
  );
}
