import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { findSnapshot } from '../workloads/change.ts';
import { refreshSnapshots } from '../workloads/observe.ts';
import {
  createSnapshot,
  diffSnapshots,
  removeSnapshot,
  restoreSnapshot,
  snapshotGroup,
  updateSnapshot,
} from '../workloads/snapshots.ts';
import { pictureOf } from './picture.ts';

type SnapshotMethod = Extract<keyof Handlers, `snapshots.${string}`>;

/** All methods on snapshots. */
export function snapshotHandlers(host: HostContext): Pick<Handlers, SnapshotMethod> {
  const { registry } = host;
  const find = (key: string) => registry.find(key);
  return {
    'snapshots.list': async ({ workload }) => refreshSnapshots(host, find(workload)),
    'snapshots.estimate': async ({ workload }) => {
      const record = find(workload);
      return snapshotGroup(host, record).estimate(registry.ref(record));
    },
    'snapshots.create': async ({ workload, ...options }) => createSnapshot(host, find(workload), options),
    'snapshots.restore': async ({ workload, ...options }) => restoreSnapshot(host, find(workload), options),
    'snapshots.planRemoval': async ({ workload, snapshot }) => {
      const record = find(workload);
      return snapshotGroup(host, record).planRemoval(registry.ref(record), await findSnapshot(host, record, snapshot));
    },
    'snapshots.screenshot': async ({ workload, snapshot }) => {
      const record = find(workload);
      const id = await findSnapshot(host, record, snapshot);
      return pictureOf((await snapshotGroup(host, record).screenshot?.(registry.ref(record), id)) ?? null);
    },
    'snapshots.remove': async ({ workload, snapshot }) => removeSnapshot(host, find(workload), snapshot),
    'snapshots.update': async ({ workload, snapshot, ...change }) =>
      updateSnapshot(host, find(workload), snapshot, change),
    'snapshots.diff': async ({ workload, from, to }) => diffSnapshots(host, find(workload), from, to),
  };
}
