import { ChevronRight, CircleAlert, CircleCheck, Clock, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HostEvent, Job, Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useHost } from '../../../client/window-context.ts';
import { foldCommands } from '../../../format/shell-line.ts';
import { formatDuration } from '../../../format/time.ts';
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
  const tree = useHost((state) => state.snapshots[workload.id]);
  const names = new Map((tree?.snapshots ?? []).map((one) => [one.id, one.name]));
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
              {entry.job === undefined ? (
                <span>{entry.event?.message}</span>
              ) : (
                <JobEntry job={entry.job} subject={snapshotOf(entry.job, names)} />
              )}
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

function JobEntry({ job, subject }: { job: Job; subject: string | null }) {
  const { t } = useTranslation('workload');
  const took =
    job.endedAtMs !== null && job.startedAtMs !== null ? formatDuration(job.endedAtMs - job.startedAtMs) : '';
  const line = (
    <>
      <strong>{t(`jobVerb.${job.verb}`, { defaultValue: job.verb })}</strong>
      {subject === null ? null : <span className="truncate">{subject}</span>}
      <span className="muted num">{[t(`job.${job.state}`), took].filter(Boolean).join(', ')}</span>
      {job.error ? <span className="bad truncate">{job.error.message}</span> : null}
    </>
  );
  // Only what holds more than its line can be opened.
  if (job.log.length === 0 && job.error === null) return <div className="history-line">{line}</div>;
  return (
    <details>
      <summary className="history-line">
        {line}
        <ChevronRight size={14} aria-hidden />
      </summary>
      {job.log.length > 0 ? <CodeBlock text={foldCommands(job.log)} label={t('history.copyLog')} /> : null}
      {job.error ? <ErrorNote error={job.error} /> : null}
    </details>
  );
}

/** The name of the snapshot that a job made or went back to. */
function snapshotOf(job: Job, names: ReadonlyMap<string, string>): string | null {
  const { result } = job;
  const id = typeof result === 'object' && result !== null && 'snapshotId' in result ? result.snapshotId : null;
  return typeof id === 'string' ? (names.get(id) ?? null) : null;
}
