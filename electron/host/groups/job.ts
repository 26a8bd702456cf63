import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import type { JobContext } from '../jobs/run-with-deadline.ts';
import { limits } from '../workloads/operation.ts';

/** Starts one job over several workloads. It is of none of them; `subject` names them. */
export function startGroupJob(
  host: HostContext,
  what: { verb: string; subject: string },
  run: (context: JobContext) => Promise<unknown>,
): { job: Job } {
  return { job: host.jobs.start({ ...what, workloadId: null, idleLimitMs: limits.longMs, run }) };
}
