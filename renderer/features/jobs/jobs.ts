import type { Job } from '../../../electron/bridge/contract.ts';

/** Whether a job still goes on. */
export function isActive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** The jobs that go on. */
export function activeJobs(jobs: Readonly<Record<string, Job>>): Job[] {
  return Object.values(jobs).filter(isActive);
}

/** Active jobs first, then the newest. */
export function sortJobs(jobs: Readonly<Record<string, Job>>): Job[] {
  return Object.values(jobs).sort(
    (a, b) => Number(isActive(b)) - Number(isActive(a)) || b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1),
  );
}

/** How far some jobs are together, or null where one of them does not know. */
export function totalFraction(jobs: readonly Job[]): number | null {
  if (jobs.length === 0 || jobs.some((job) => job.fraction === null)) return null;
  return jobs.reduce((sum, job) => sum + (job.fraction ?? 0), 0) / jobs.length;
}

/**
 * The jobs that have ended in a bad way between two states. Those that were never seen alive are old news in a first
 * state; `followed` says that nothing was missed between the two, so that they failed faster than they were seen.
 */
export function newFailures(
  before: Readonly<Record<string, Job>>,
  after: Readonly<Record<string, Job>>,
  followed = false,
): Job[] {
  return Object.values(after).filter((job) => {
    const old = before[job.id];
    if (old === job || (job.state !== 'failed' && job.state !== 'interrupted')) return false;
    return old === undefined ? followed : isActive(old);
  });
}
