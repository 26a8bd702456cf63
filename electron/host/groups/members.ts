import { NovaError } from '../../../drivers/errors.ts';
import { type Group, type GroupKey, isToolLabel, type Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import type { JobContext } from '../jobs/run-with-deadline.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';

const present = (host: HostContext): WorkloadRecord[] =>
  host.registry.all().filter((record) => record.row.trashedUntilMs === null);

/** All workloads of a group outside the trash, oldest first. Throws `not_found` for a group without any. */
export function membersOf(host: HostContext, group: GroupKey): WorkloadRecord[] {
  const members = present(host).filter(
    ({ row }) => Object.hasOwn(row.spec.labels, group.key) && row.spec.labels[group.key] === group.value,
  );
  if (members.length === 0) {
    throw new NovaError('not_found', `No workload has the label ${group.key}=${group.value}.`);
  }
  return members;
}

/** Groups by their labels, by key and value; what Docker's tools or the image wrote makes none unless it is asked for by `key`. */
export function listGroups(host: HostContext, key: string | undefined): Group[] {
  const groups = new Map<string, Group>();
  for (const { id, row } of present(host)) {
    for (const [name, value] of Object.entries(row.spec.labels)) {
      if (key === undefined ? isToolLabel(name) : name !== key) {
        continue;
      }
      const index = JSON.stringify([name, value]);
      const group = groups.get(index) ?? { key: name, value, workloads: [], running: 0 };
      group.workloads.push(id);
      group.running += row.observation.phase === 'running' ? 1 : 0;
      groups.set(index, group);
    }
  }
  return [...groups.values()].sort((a, b) => a.key.localeCompare(b.key) || a.value.localeCompare(b.value));
}

/**
 * Waits for the jobs of a group's members with their progress; a cancel of the group cancels them. `failed` is told of
 * each that did not succeed. Throws what went wrong with whom when not all did.
 */
export async function waitForAll(
  host: HostContext,
  context: JobContext,
  jobs: readonly Job[],
  options: { what: string; failed?(job: Job): void },
): Promise<Job[]> {
  const cancel = () => jobs.forEach((each) => host.jobs.cancel(each.id));
  context.signal.addEventListener('abort', cancel, { once: true });
  if (context.signal.aborted) {
    cancel();
  }
  let done = 0;
  const ended = await Promise.all(
    jobs.map(async (each) => {
      const end = await host.jobs.wait(each.id, host.signal);
      if (end.state !== 'succeeded') {
        options.failed?.(end);
      }
      done += 1;
      context.progress(done / jobs.length, `${done} of ${jobs.length}`);
      return end;
    }),
  );
  context.signal.removeEventListener('abort', cancel);
  const failed = ended.filter((each) => each.state !== 'succeeded');
  if (failed.length > 0) {
    const lines = failed.map((each) => `${each.subject}: ${each.error?.message ?? each.state}`);
    throw new NovaError(
      context.signal.aborted ? 'cancelled' : 'conflict',
      `${options.what}: ${failed.length} of ${ended.length} failed. ${lines.join(' ')}`,
      { details: { log: lines } },
    );
  }
  return ended;
}
