import type { Driver, Observation, WorkloadRef } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Workload } from '../../bridge/contract.ts';
import { keepJson } from '../../bridge/json-text.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { WorkloadRow } from '../../inventory/workloads.ts';
import type { Logger } from '../logger.ts';
import type { StateStore } from '../state/state-store.ts';
import { createOperationQueue, type OperationQueue } from './operation-queue.ts';

/** One workload in the memory of the host. */
export type WorkloadRecord = {
  readonly id: string;
  /** As stored, or about to be. Never changed in place. */
  row: WorkloadRow;
  /** The last observation that says something: what is stored, so that it outlives an engine that is away. */
  known: Observation;
  readonly queue: OperationQueue;
  /** Verbs of the operations that run or wait, in order. */
  verbs: string[];
  /** Grows with each observation: an answer that was asked for before is older than what came since. */
  observedCount: number;
  /** False until the driver has been asked about it after the start of this host. */
  recovered: boolean;
  /** The row as clients were last shown it. */
  shown: { row: WorkloadRow; view: Workload } | null;
};

/** Told of each change of a workload's phase. `known`: what was last seen before, where nothing was known meanwhile. */
export type PhaseListener = (
  record: WorkloadRecord,
  before: Observation,
  after: Observation,
  known: Observation,
) => void;

/** The workloads of a host. Memory is what clients see; the inventory follows. */
export type Registry = {
  all(): WorkloadRecord[];
  /** By id. */
  get(id: string): WorkloadRecord | undefined;
  /** By id or name; one in the trash only when no other has the name. Throws `not_found`. */
  find(key: string): WorkloadRecord;
  /** Throws `already_exists` when another workload outside the trash has the name. */
  refuseTakenName(name: string, exceptId?: string): void;
  /** Adds a workload durably. `gate` is waited for before its first operation. */
  add(row: WorkloadRow, gate?: Promise<void>): WorkloadRecord;
  /** Adds rows that the inventory holds already; until they are looked at they are shown as `shown`. */
  adopt(row: WorkloadRow, shown: Observation, gate: Promise<void>): WorkloadRecord;
  /** Changes a row durably before it returns. Throws what the inventory throws; the memory is then unchanged. */
  change(record: WorkloadRecord, patch: Partial<WorkloadRow>): void;
  /** Changes a row in memory at once and in the inventory soon. For what is only last-seen. */
  note(record: WorkloadRecord, patch: Partial<WorkloadRow>): void;
  /** Takes what the engine says. */
  observe(record: WorkloadRecord, observation: Observation): void;
  /** Removes it from memory and inventory. */
  remove(record: WorkloadRecord): void;
  setVerbs(record: WorkloadRecord, verbs: string[]): void;
  /** Names it to its driver. Throws `wrong_state` while it has no handle. */
  ref(record: WorkloadRecord): WorkloadRef;
  driver(record: WorkloadRecord): Driver;
  onPhase(listener: PhaseListener): void;
  /** Told when a workload has been removed. */
  onRemove(listener: (id: string) => void): void;
  /** Told when the last operation of a workload has ended. */
  onIdle(listener: (record: WorkloadRecord) => void): void;
  /** Writes what waits to be written. Never throws. */
  flush(): void;
};

/** Last-seen information is written at most this often, milliseconds. */
const flushEveryMs = 500;

/** The registry of one host. */
export function createRegistry(
  inventory: Inventory,
  drivers: { get(name: WorkloadRow['spec']['driver']): Driver },
  state: StateStore,
  logger: Logger,
): Registry {
  const records = new Map<string, WorkloadRecord>();
  const listeners: PhaseListener[] = [];
  const removeListeners: ((id: string) => void)[] = [];
  const idleListeners: ((record: WorkloadRecord) => void)[] = [];
  const dirty = new Set<WorkloadRecord>();
  let timer: NodeJS.Timeout | null = null;

  const publish = (record: WorkloadRecord) =>
    state.apply({ collection: 'workloads', key: record.id, value: workloadView(record) });
  const flush = () => {
    if (timer) {
      clearTimeout(timer);
      timer = null;
    }
    const rows = [...dirty].filter((record) => records.has(record.id)).map((record) => storedRow(record, record.row));
    if (rows.length === 0) {
      return;
    }
    try {
      inventory.workloads.putAll(rows);
      dirty.clear();
    } catch (error) {
      logger.warn({ err: error }, 'observations could not be stored');
    }
  };
  const insert = (row: WorkloadRow, known: Observation, gate: Promise<void>, recovered: boolean) => {
    const record: WorkloadRecord = {
      id: row.id,
      row,
      known,
      queue: createOperationQueue(gate),
      verbs: [],
      observedCount: 0,
      recovered,
      shown: null,
    };
    records.set(row.id, record);
    publish(record);
    return record;
  };
  const note = (record: WorkloadRecord, patch: Partial<WorkloadRow>) => {
    if (records.get(record.id) !== record) {
      return;
    }
    record.row = { ...record.row, ...patch };
    dirty.add(record);
    timer ??= setTimeout(flush, flushEveryMs);
    publish(record);
  };

  return {
    all: () => [...records.values()],
    get: (id) => records.get(id),
    find(key) {
      const byId = records.get(key);
      if (byId) {
        return byId;
      }
      const named = [...records.values()].filter((record) => record.row.spec.name === key);
      const found = named.find((record) => record.row.trashedUntilMs === null) ?? named.at(-1);
      if (!found) {
        throw new NovaError('not_found', `There is no workload "${key}".`, { details: { workload: key } });
      }
      return found;
    },
    refuseTakenName(name, exceptId) {
      for (const record of records.values()) {
        if (record.row.spec.name === name && record.row.trashedUntilMs === null && record.id !== exceptId) {
          throw new NovaError('already_exists', `There is a workload "${name}" already. Choose another name.`, {
            details: { field: 'name', workloadId: record.id },
          });
        }
      }
    },
    add(row, gate = Promise.resolve()) {
      inventory.workloads.put(row);
      return insert(row, row.observation, gate, true);
    },
    adopt: (row, shown, gate) => insert({ ...row, observation: shown }, row.observation, gate, false),
    change(record, patch) {
      if (records.get(record.id) !== record) {
        // A late answer of an abandoned operation must not bring a removed row back.
        throw new NovaError('not_found', `"${record.row.spec.name}" was removed meanwhile.`);
      }
      const row = { ...record.row, ...patch };
      inventory.workloads.put(storedRow(record, row));
      dirty.delete(record);
      record.row = row;
      publish(record);
    },
    note,
    observe(record, observation) {
      if (records.get(record.id) !== record) {
        return;
      }
      record.observedCount += 1;
      const before = record.row.observation;
      const { known } = record;
      if (observation.phase !== 'unknown') {
        record.known = observation;
      }
      note(record, { observation });
      if (before.phase !== observation.phase) {
        for (const listener of listeners) {
          listener(record, before, observation, known);
        }
      }
    },
    remove(record) {
      inventory.workloads.remove(record.id);
      records.delete(record.id);
      dirty.delete(record);
      state.apply({ collection: 'snapshots', key: record.id, value: null });
      state.apply({ collection: 'workloads', key: record.id, value: null });
      for (const listener of removeListeners) {
        listener(record.id);
      }
    },
    setVerbs(record, verbs) {
      record.verbs = verbs;
      if (records.get(record.id) !== record) {
        return;
      }
      publish(record);
      if (verbs.length === 0) {
        for (const listener of idleListeners) {
          listener(record);
        }
      }
    },
    ref(record) {
      const { handle, spec } = record.row;
      if (handle === null) {
        throw new NovaError('wrong_state', `"${spec.name}" is still being made. Wait for it.`, { retryable: true });
      }
      return { id: record.id, name: spec.name, spec, handle };
    },
    driver: (record) => drivers.get(record.row.spec.driver),
    onPhase: (listener) => {
      listeners.push(listener);
    },
    onRemove: (listener) => {
      removeListeners.push(listener);
    },
    onIdle: (listener) => {
      idleListeners.push(listener);
    },
    flush,
  };
}

/** A row as it is stored: an engine that is away says nothing, and what it said before is worth more. */
const storedRow = (record: WorkloadRecord, row: WorkloadRow): WorkloadRow =>
  row.observation.phase === 'unknown' ? { ...row, observation: record.known } : row;

/** A workload as clients see it. The same object until something of it changes, so that its JSON is made once. */
export function workloadView(record: WorkloadRecord): Workload {
  const { row, shown } = record;
  const pendingVerb = record.verbs[0] ?? null;
  if (shown?.row === row && shown.view.pendingVerb === pendingVerb) {
    return shown.view;
  }
  const view = keepJson<Workload>({
    id: row.id,
    hostId: row.hostId,
    spec: row.spec,
    desired: row.desired,
    observation: row.observation,
    pendingVerb,
    createdAtMs: row.createdAtMs,
    trashedUntilMs: row.trashedUntilMs,
  });
  record.shown = { row, view };
  return view;
}
