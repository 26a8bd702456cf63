import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { limits } from '../workloads/operation.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { createSnapshot, snapshotGroup } from '../workloads/snapshots.ts';
import { waitForAll } from './members.ts';

/**
 * Takes a snapshot of several workloads, all begun at one moment and none frozen for the others. Each has its own job;
 * this one waits for all and tells how far apart they were. One that fails does not stop the others.
 */
export function createManySnapshots(
  host: HostContext,
  records: readonly WorkloadRecord[],
  options: { subject: string; name: string },
): { job: Job } {
  for (const record of records) {
    snapshotGroup(host, record);
  }
  const job = host.jobs.start({
    verb: 'group-snapshot',
    workloadId: null,
    subject: options.subject,
    idleLimitMs: limits.longMs,
    run: async (context) => {
      const jobs = records.map((record) => createSnapshot(host, record, { name: options.name, notes: '' }).job);
      const ended = await waitForAll(host, context, jobs, { what: 'The snapshots' });
      const starts = ended.map((each) => each.startedAtMs ?? 0);
      return { jobs: ended.map((each) => each.id), skewMs: Math.max(...starts) - Math.min(...starts) };
    },
  });
  return { job };
}
