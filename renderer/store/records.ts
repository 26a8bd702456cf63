import type {
  Change,
  DriverState,
  ForeignView,
  HostInfo,
  Job,
  Settings,
  SnapshotTreeView,
  StateMessage,
  Workload,
} from '../../electron/bridge/contract.ts';

/** Everything that the host keeps in step with us, by key. A record's identity changes only when its content does. */
export type Records = {
  /** Names the host's run; a change of it means that numbers of before say nothing. */
  epoch: string | null;
  seq: number;
  host: HostInfo | null;
  settings: Settings | null;
  drivers: Readonly<Record<string, DriverState>>;
  workloads: Readonly<Record<string, Workload>>;
  jobs: Readonly<Record<string, Job>>;
  snapshots: Readonly<Record<string, SnapshotTreeView>>;
  foreign: Readonly<Record<string, readonly ForeignView[]>>;
};

/** Before the first message. */
export const noRecords: Records = {
  epoch: null,
  seq: 0,
  host: null,
  settings: null,
  drivers: {},
  workloads: {},
  jobs: {},
  snapshots: {},
  foreign: {},
};

/** The records after one message. Pure. */
export function applyMessage(records: Records, message: StateMessage): Records {
  if (message.type === 'delta') {
    const next = { ...records, epoch: message.epoch, seq: message.seq };
    for (const change of message.changes) applyChange(next, change);
    return next;
  }
  const { state } = message;
  return {
    epoch: message.epoch,
    seq: message.seq,
    host: state.host,
    settings: state.settings,
    drivers: byKey(state.drivers, (driver) => driver.name),
    workloads: byKey(state.workloads, (workload) => workload.id),
    jobs: byKey(state.jobs, (job) => job.id),
    snapshots: byKey(state.snapshots, (tree) => tree.workloadId),
    foreign: Object.groupBy(state.foreign, (one) => one.driver) as Records['foreign'],
  };
}

function applyChange(records: Records, change: Change): void {
  switch (change.collection) {
    case 'host':
      records.host = change.value;
      return;
    case 'settings':
      records.settings = change.value;
      return;
    case 'drivers':
      records.drivers = put(records.drivers, change.key, change.value);
      return;
    case 'workloads':
      records.workloads = put(records.workloads, change.key, change.value);
      return;
    case 'jobs':
      records.jobs = put(records.jobs, change.key, change.value);
      return;
    case 'snapshots':
      records.snapshots = put(records.snapshots, change.key, change.value);
      return;
    case 'foreign':
      records.foreign = put(records.foreign, change.key, change.value);
  }
}

function put<T>(records: Readonly<Record<string, T>>, key: string, value: T | null): Readonly<Record<string, T>> {
  if (value !== null) return { ...records, [key]: value };
  const { [key]: _gone, ...rest } = records;
  return rest;
}

function byKey<T>(list: readonly T[], key: (item: T) => string): Record<string, T> {
  return Object.fromEntries(list.map((item) => [key(item), item]));
}
