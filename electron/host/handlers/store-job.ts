import type { OperationContext } from '../../../drivers/driver.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { limits } from '../workloads/operation.ts';

/** Runs an operation on a driver's store as a job of no workload. Throws what the inventory throws. */
export function storeJob(
  host: HostContext,
  verb: string,
  subject: string,
  run: (context: OperationContext) => Promise<unknown>,
): { job: Job } {
  return {
    job: host.jobs.start({
      verb,
      workloadId: null,
      subject,
      idleLimitMs: limits.longMs,
      // There is no workload whose handle could be stored.
      run: (context) => run({ ...context, saveHandle: () => {} }),
    }),
  };
}
