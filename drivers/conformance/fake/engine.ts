import type { DriverEvent, Observation, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import { type Consoles, createConsoles } from './console.ts';
import { createFailpoints, type FailpointName, type Failpoints } from './failpoints.ts';
import { killFake, processAlive } from './process.ts';
import type { FakeRecord } from './record.ts';
import { type FakeSettings, fakeSettingsSchema } from './settings.ts';
import { type FakeStore, openFakeStore } from './store.ts';

/** What the groups of the fake driver share. */
export type Engine = {
  readonly root: string;
  store: FakeStore;
  events: Broadcast<DriverEvent>;
  consoles: Consoles;
  failpoints: Failpoints;
  /** Passes a failpoint with the workload's own settings. */
  pass(point: FailpointName, record: FakeRecord | null, signal?: AbortSignal): Promise<void>;
  settings(spec: WorkloadSpec): FakeSettings;
  /** The record of a workload after a look at its process. Throws `not_found`. */
  look(ref: Pick<WorkloadRef, 'id' | 'name'>): FakeRecord;
  /** Changes the record and tells it. */
  change(id: string, part: Partial<FakeRecord>): FakeRecord;
  /** Ends the run: stopped, or crashed with an exit code other than 0. */
  finish(id: string, end: { phase: 'stopped' | 'crashed'; reason: string; exitCode: number | null }): void;
  observation(record: FakeRecord): Observation;
  /** Arranges for the end that `exitAfterMs` asks for. */
  watch(record: FakeRecord): void;
  close(): void;
};

/** How often the processes of workloads are looked at, milliseconds: half of the second in which a crash must show. */
const lookEveryMs = 500;
const alive = (record: FakeRecord): boolean => record.phase === 'running' || record.phase === 'paused';

/** Opens the engine on its directory. */
export function openEngine(root: string): Engine {
  const store = openFakeStore(root);
  const events = createBroadcast<DriverEvent>();
  const failpoints = createFailpoints();
  const withProcess = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const settings = (spec: WorkloadSpec): FakeSettings => fakeSettingsSchema.parse(spec.settings);
  const consoles = createConsoles({
    logPath: (id) => store.logPath(id),
    record: (id) => store.get(id),
    shell: (id) => ({
      record: () => store.get(id),
      change: (part) => void store.change(id, part),
      powerOff: () => finish(id, { phase: 'stopped', reason: 'Shut down by the guest.', exitCode: 0 }),
    }),
  });

  const observation = (record: FakeRecord): Observation => ({
    phase: record.phase,
    reason: record.reason,
    ...(record.process === null ? {} : { pid: record.process.pid }),
    ...(record.startedAtMs === null ? {} : { startedAtMs: record.startedAtMs }),
    ...(record.exitCode === null ? {} : { exitCode: record.exitCode }),
    ...(alive(record) ? { confirmed: record.spec.resources } : {}),
    ...(record.pending.length === 0 ? {} : { pending: record.pending }),
  });
  const change = (id: string, part: Partial<FakeRecord>): FakeRecord => {
    const record = store.change(id, part);
    events.send({ type: 'observed', id, observation: observation(record) });
    return record;
  };
  const finish: Engine['finish'] = (id, end) => {
    const record = store.find(id);
    if (record === null) {
      return;
    }
    clearTimeout(timers.get(id));
    timers.delete(id);
    if (record.process !== null) {
      if (end.phase === 'stopped') {
        // Noted first: cut off after the kill, the end is still known as one that was asked for.
        store.change(id, { phase: 'stopping' });
      }
      killFake(id, record.process);
    }
    const part = { ...end, startedAtMs: null, process: null, memory: {}, intent: null } satisfies Partial<FakeRecord>;
    change(id, part);
    consoles.end(id);
  };
  const look: Engine['look'] = (ref) => {
    const record = store.find(ref.id);
    if (record === null) {
      throw new NovaError('not_found', `The fake engine has no workload ${ref.name}. Was it removed elsewhere?`);
    }
    const runs = alive(record) || record.phase === 'stopping';
    if (runs && record.process !== null && !processAlive(record.id, record.process)) {
      finish(
        record.id,
        record.phase === 'stopping'
          ? { phase: 'stopped', reason: 'It was ended by force.', exitCode: null }
          : { phase: 'crashed', reason: 'Its process was killed.', exitCode: null },
      );
      return store.get(ref.id);
    }
    return record;
  };
  const looker = setInterval(() => {
    for (const id of withProcess) {
      const record = store.find(id);
      if (record !== null) {
        look({ id, name: record.spec.name });
      }
      if (record === null || record.process === null) {
        withProcess.delete(id);
      }
    }
  }, lookEveryMs);
  looker.unref();
  const watch = (record: FakeRecord): void => {
    if (record.process !== null) {
      withProcess.add(record.id);
    }
    const { exitAfterMs, exitCode } = settings(record.spec);
    if (exitAfterMs === undefined || record.startedAtMs === null) {
      return;
    }
    const end =
      exitCode === 0
        ? ({ phase: 'stopped', reason: 'It ended by itself.', exitCode } as const)
        : ({ phase: 'crashed', reason: `It ended with exit code ${exitCode}.`, exitCode } as const);
    const left = Math.max(0, record.startedAtMs + exitAfterMs - Date.now());
    clearTimeout(timers.get(record.id));
    const timer = setTimeout(() => finish(record.id, end), left);
    timer.unref();
    timers.set(record.id, timer);
  };

  return {
    root,
    store,
    events,
    consoles,
    failpoints,
    settings,
    look,
    change,
    finish,
    observation,
    watch,
    async pass(point, record, signal) {
      const own = record === null ? undefined : settings(record.spec).failpoints;
      await failpoints.pass(point, record?.id ?? null, { signal, settings: own });
    },
    close() {
      clearInterval(looker);
      for (const timer of timers.values()) {
        clearTimeout(timer);
      }
      consoles.closeAll();
      events.close();
    },
  };
}
