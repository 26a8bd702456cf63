import type { ErrorData, Job } from '../../../electron/bridge/contract.ts';

/** Errors of a removal that force does not help against: something stands on it, it is protected, or it is gone already. */
const helpless: readonly string[] = ['conflict', 'not_found', 'unsupported'];

/** Whether a job is a removal that failed where force can help. Pure. */
export function isRefusedRemoval(job: Job): boolean {
  return job.verb === 'remove' && job.workloadId !== null && job.state === 'failed' && !isHelpless(job.error);
}

function isHelpless(error: ErrorData | null): boolean {
  return error !== null && helpless.includes(error.code);
}

/** Why the last removal of a workload failed, unless it was done something else to since; null when it did not. Pure. */
export function lastRefusal(jobs: Readonly<Record<string, Job>>, id: string): ErrorData | null {
  const last = Object.values(jobs)
    .filter((job) => job.workloadId === id && job.state !== 'queued' && job.state !== 'running')
    .toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))[0];
  return last?.verb === 'remove' && last.state === 'failed' ? last.error : null;
}
