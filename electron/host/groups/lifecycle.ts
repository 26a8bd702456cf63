import type { StopPolicy } from '../../../drivers/driver.ts';
import type { GroupKey, Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { start, stop } from '../workloads/lifecycle.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { startGroupJob } from './job.ts';
import { membersOf, waitForAll } from './members.ts';
import { startSteps } from './order.ts';

/** How a group is named in jobs and messages. */
export const groupName = (group: GroupKey): string => `${group.key}=${group.value}`;

const stepsOf = (host: HostContext, group: GroupKey): WorkloadRecord[][] =>
  startSteps(membersOf(host, group), (record) => record.row.spec.labels);

/** Starts all, step by step; a step that fails ends it, and what runs by then goes on. */
export function startGroup(host: HostContext, group: GroupKey): { job: Job } {
  return run(host, group, 'group-start', stepsOf(host, group), (record) => start(host, record).job);
}

/** Stops all, those that others need last. */
export function stopGroup(host: HostContext, group: GroupKey, policy: StopPolicy): { job: Job } {
  const steps = stepsOf(host, group).reverse();
  return run(host, group, 'group-stop', steps, (record) => stop(host, record, policy).job);
}

function run(
  host: HostContext,
  group: GroupKey,
  verb: string,
  steps: readonly WorkloadRecord[][],
  begin: (record: WorkloadRecord) => Job,
): { job: Job } {
  return startGroupJob(host, { verb, subject: groupName(group) }, async (context) => {
    const jobs: string[] = [];
    for (const step of steps) {
      context.signal.throwIfAborted();
      const ended = await waitForAll(host, context, step.map(begin), { what: groupName(group) });
      jobs.push(...ended.map((each) => each.id));
    }
    return { jobs };
  });
}
