import { NovaError } from '../../../drivers/errors.ts';
import type { GroupKey, GroupSnapshot, Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { signalOperation, start } from '../workloads/lifecycle.ts';
import { refreshSnapshots } from '../workloads/observe.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { removeSnapshot, restoreSnapshot } from '../workloads/snapshots.ts';
import { startGroupJob } from './job.ts';
import { groupName } from './lifecycle.ts';
import { membersOf, waitForAll } from './members.ts';
import { readMemberSnapshotId } from './snapshot-id.ts';

/** The snapshots of a group as their drivers have them, newest first. */
export async function listGroupSnapshots(host: HostContext, group: GroupKey): Promise<GroupSnapshot[]> {
  const members = membersOf(host, group);
  const found = new Map<string, GroupSnapshot>();
  for (const record of members) {
    const shown = host.state.snapshots(record.id) ?? (await refreshSnapshots(host, record));
    for (const { id, name, kind, createdAtMs } of shown.snapshots) {
      const read = readMemberSnapshotId(id);
      if (read === null) {
        continue;
      }
      const entry = found.get(read.groupSnapshotId) ?? {
        id: read.groupSnapshotId,
        name,
        createdAtMs,
        members: [],
        missing: [],
      };
      entry.members.push({ workloadId: record.id, snapshotId: id, kind, was: read.was });
      found.set(entry.id, entry);
    }
  }
  return [...found.values()]
    .map((entry) => ({
      ...entry,
      missing: members
        .map((record) => record.id)
        .filter((id) => !entry.members.some((member) => member.workloadId === id)),
    }))
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
}

async function find(host: HostContext, group: GroupKey, key: string): Promise<GroupSnapshot> {
  const all = await listGroupSnapshots(host, group);
  const found = all.find((each) => each.id === key) ?? all.find((each) => each.name === key);
  if (!found) {
    throw new NovaError('not_found', `The group ${groupName(group)} has no snapshot "${key}".`);
  }
  return found;
}

/**
 * Brings all members back and lets those that ran then go on together. One that fails is named; the others stand on
 * the snapshot, and each has its own restore point to go back to.
 */
export async function restoreGroup(
  host: HostContext,
  group: GroupKey,
  options: { snapshot: string; keep: boolean },
): Promise<{ job: Job }> {
  const point = await find(host, group, options.snapshot);
  const record = (id: string): WorkloadRecord => host.registry.find(id);
  return startGroupJob(host, { verb: 'group-restore', subject: groupName(group) }, async (context) => {
    const restores = point.members.map(
      ({ workloadId, snapshotId }) =>
        restoreSnapshot(host, record(workloadId), { snapshot: snapshotId, keep: options.keep }).job,
    );
    const what = `Going back of ${groupName(group)}`;
    await waitForAll(host, context, restores, { what });
    const goOn = point.members.flatMap(({ workloadId, was }) => {
      const { phase } = record(workloadId).row.observation;
      if (was !== 'running' || phase === 'running') {
        return [];
      }
      // One with memory stands at the moment of the cut, where it was frozen.
      return phase === 'paused'
        ? [signalOperation(host, record(workloadId), 'resume').job]
        : [start(host, record(workloadId)).job];
    });
    await waitForAll(host, context, goOn, { what });
    return { groupSnapshotId: point.id, missing: point.missing };
  });
}

/** Removes a snapshot of a group from all of its members. */
export async function removeGroupSnapshot(host: HostContext, group: GroupKey, key: string): Promise<{ job: Job }> {
  const point = await find(host, group, key);
  return startGroupJob(host, { verb: 'group-snapshot-remove', subject: groupName(group) }, async (context) => {
    const jobs = point.members.map(
      ({ workloadId, snapshotId }) => removeSnapshot(host, host.registry.find(workloadId), snapshotId).job,
    );
    await waitForAll(host, context, jobs, { what: `The removal of ${point.name}` });
    return { groupSnapshotId: point.id };
  });
}
