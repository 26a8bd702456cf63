import { NovaError } from '../../../drivers/errors.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { refreshForeign } from './foreign.ts';
import { limits } from './operation.ts';
import type { WorkloadRecord } from './registry.ts';

/**
 * Takes it off the list and asks its engine nothing: the way out when the engine is gone for good. What the engine and the
 * driver's records have of it stays, so that it is found and can be adopted with its snapshots when the engine answers.
 * What it is busy with is cancelled. Throws `conflict` when protected.
 */
export function forget(host: HostContext, record: WorkloadRecord): { job: Job } {
  const { name } = record.row.spec;
  if (record.row.spec.protected) {
    throw new NovaError('conflict', `"${name}" is protected against removal. Switch the protection off first.`);
  }
  const driver = host.registry.driver(record);
  host.jobs.cancelWorkload(record.id);
  const job = host.jobs.start({
    verb: 'forget',
    workloadId: record.id,
    subject: name,
    queue: record.queue,
    front: true,
    idleLimitMs: limits.quickMs,
    outcome: () => 'What its engine has of it is still there.',
    run: async () => {
      if (host.registry.get(record.id) !== record) {
        return;
      }
      host.registry.remove(record);
      host.events.add({
        level: 'warning',
        kind: 'forgotten',
        message: `${name} was taken off the list. What its engine has of it is still there.`,
      });
      void refreshForeign(host, driver);
    },
  });
  return { job };
}
