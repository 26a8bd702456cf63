import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { groupName, startGroup, stopGroup } from '../groups/lifecycle.ts';
import { listGroups, membersOf } from '../groups/members.ts';
import { listGroupSnapshots, removeGroupSnapshot, restoreGroup } from '../groups/restore.ts';
import { createGroupSnapshot } from '../groups/snapshot.ts';
import { stopPolicy } from '../workloads/lifecycle.ts';

type GroupMethod = Extract<keyof Handlers, `groups.${string}`>;

/** All methods on groups of workloads. */
export function groupHandlers(host: HostContext): Pick<Handlers, GroupMethod> {
  return {
    'groups.list': async ({ key }) => listGroups(host, key),
    'groups.start': async ({ group }) => startGroup(host, group),
    'groups.stop': async ({ group, ...options }) => stopGroup(host, group, stopPolicy(host, options)),
    'groups.snapshot': async ({ group, ...options }) => {
      if (!Array.isArray(group)) {
        return createGroupSnapshot(host, membersOf(host, group), { ...options, subject: groupName(group) });
      }
      const records = [...new Set(group.map((key) => host.registry.find(key)))];
      const subject = records.map((record) => record.row.spec.name).join(', ');
      return createGroupSnapshot(host, records, { ...options, subject });
    },
    'groups.snapshots': async ({ group }) => listGroupSnapshots(host, group),
    'groups.restore': async ({ group, ...options }) => restoreGroup(host, group, options),
    'groups.removeSnapshot': async ({ group, snapshot }) => removeGroupSnapshot(host, group, snapshot),
  };
}
