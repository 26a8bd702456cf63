import type { CapabilityName, Driver, Observation, Probe } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { MiB, type WorkloadSpec } from '../../spec.ts';
import { createChanges, diffFake } from './change.ts';
import { type Engine, openEngine } from './engine.ts';
import { createExec } from './exec.ts';
import type { FailAction, FailpointName } from './failpoints.ts';
import { createImages } from './images.ts';
import { createLifecycle, fakeHandle, freshRecord } from './lifecycle.ts';
import { fakeProbe } from './probe.ts';
import { fakeSettingsSchema } from './settings.ts';
import { createSnapshots } from './snapshots.ts';
import { createStats } from './stats.ts';

/** What a test can do to the fake engine from outside. */
export type FakeControls = {
  /** Makes a point fail, hang, wait or end this process; `id` limits it to one workload. */
  failpoint(point: FailpointName, action: FailAction, id?: string): void;
  clearFailpoints(): void;
  /** Ends a running workload as if by itself. */
  crash(id: string, reason?: string): void;
  /** Tells of a run that ended while nobody looked; the workload runs on. */
  ended(id: string, end: { phase: 'stopped' | 'crashed'; reason: string; atMs?: number }): void;
  /** The guest prints. */
  print(id: string, text: string): void;
  /** Makes a workload that others made. Returns its id in the engine. */
  addForeign(name: string, phase?: 'running' | 'stopped'): string;
  /** Changes what `probe` tells. */
  setProbe(part: Partial<Probe>): void;
  /** Asks the host to look at everything again. */
  resync(): void;
  /** The engine's own view of everything. */
  states(): { id: string; name: string; observation: Observation }[];
};

/** A complete driver without an engine. */
export type FakeDriver = Driver & { readonly controls: FakeControls };

/** Options of the fake driver. */
export type FakeOptions = {
  /** Directory of the engine's own state. A second driver on the same one finds everything again. */
  root: string;
  /** Features that are absent: their groups are then absent too. */
  missing?: CapabilityName[];
};

/** CPUs of the machine that it pretends to be on. */
const fakeCpus = 6;
const defaults = { vcpus: 1, memoryBytes: 128 * MiB };

function resolveSpec(spec: WorkloadSpec): WorkloadSpec {
  const settings = fakeSettingsSchema.safeParse(spec.settings);
  if (!settings.success) {
    const [issue] = settings.error.issues;
    const field = ['settings', ...(issue?.path ?? [])].join('.');
    throw new NovaError('invalid_spec', `${field} of ${spec.name} is not valid: ${issue?.message ?? ''}`, {
      details: { field },
    });
  }
  const vcpus = spec.resources.vcpus ?? defaults.vcpus;
  const memoryBytes = spec.resources.memoryBytes ?? defaults.memoryBytes;
  const maxVcpus = spec.resources.maxVcpus ?? Math.max(8, Math.ceil(vcpus));
  const maxMemoryBytes = spec.resources.maxMemoryBytes ?? Math.max(memoryBytes * 4, memoryBytes);
  if (vcpus > maxVcpus || memoryBytes > maxMemoryBytes) {
    const field = vcpus > maxVcpus ? 'resources.vcpus' : 'resources.memoryBytes';
    throw new NovaError('invalid_spec', `${field} of ${spec.name} is above its upper end.`, { details: { field } });
  }
  return { ...spec, resources: { vcpus, memoryBytes, maxVcpus, maxMemoryBytes }, settings: settings.data };
}

function createControls(engine: Engine, setProbe: FakeControls['setProbe']): FakeControls {
  let foreigners = 0;
  return {
    failpoint: (point, action, id) => engine.failpoints.set(point, action, id),
    clearFailpoints: () => engine.failpoints.clear(),
    crash: (id, reason = 'It crashed.') => engine.finish(id, { phase: 'crashed', reason, exitCode: 139 }),
    ended: (id, end) => engine.events.send({ type: 'ended', id, ...end }),
    print: (id, text) => engine.consoles.print(id, text),
    addForeign(name, phase = 'running') {
      foreigners += 1;
      const id = `foreign-${process.pid}-${foreigners}`;
      const spec = resolveSpec({
        name,
        driver: 'fake',
        resources: {},
        labels: {},
        notes: '',
        restart: 'no',
        autostart: false,
        protected: false,
        settings: {},
      });
      engine.store.put(
        freshRecord(id, spec, {
          foreign: true,
          phase,
          reason: 'Others made it.',
          startedAtMs: phase === 'running' ? Date.now() : null,
        }),
      );
      engine.events.send({ type: 'foreign' });
      return id;
    },
    setProbe,
    resync: () => engine.events.send({ type: 'resync' }),
    states: () =>
      engine.store
        .all()
        .map((record) => ({ id: record.id, name: record.spec.name, observation: engine.observation(record) })),
  };
}

/** Opens the fake driver. `close` frees its timers; its workloads stay in `root`. */
export function createFakeDriver(options: FakeOptions): FakeDriver {
  const engine = openEngine(options.root);
  const missing = options.missing ?? [];
  const has = (...names: CapabilityName[]): boolean => names.some((name) => !missing.includes(name));
  let probed = fakeProbe(missing);
  const probeChanges = new Set<() => void>();
  const controls = createControls(engine, (part) => {
    probed = fakeProbe(missing, part);
    for (const wake of probeChanges) {
      wake();
    }
  });
  const { update, rename } = createChanges(engine);
  const { exec, logs } = createExec(engine);

  return {
    name: 'fake',
    settingsSchema: fakeSettingsSchema,
    controls,
    async *probe(signal) {
      let wake = (): void => undefined;
      const change = (): void => wake();
      probeChanges.add(change);
      signal.addEventListener('abort', change, { once: true });
      try {
        while (!signal.aborted) {
          const seen = probed;
          await engine.failpoints.pass('probe', null, { signal });
          yield seen;
          if (seen === probed && !signal.aborted) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        probeChanges.delete(change);
        signal.removeEventListener('abort', change);
      }
    },
    async resolve(spec) {
      await engine.failpoints.pass('resolve', null);
      return resolveSpec(spec);
    },
    async plan(spec) {
      const { process } = engine.settings(spec);
      return {
        commands: process ? [['sleep', '3600']] : [],
        requests: [{ request: 'fake start', body: resolveSpec(spec) }],
        warnings: [
          'The fake driver runs nothing.',
          ...((spec.resources.vcpus ?? 1) > fakeCpus ? [`It has more CPUs than the fake machine (${fakeCpus}).`] : []),
        ],
      };
    },
    diff: diffFake,
    ...createLifecycle(engine),
    ...createStats(engine),
    events: (signal) => engine.events.listen(signal),
    async consoles(ref) {
      const { phase } = engine.look(ref);
      return [{ id: 'serial0', kind: 'serial', label: 'Serial console', writable: phase === 'running' }];
    },
    async openConsole(ref, consoleId, open) {
      const record = engine.look(ref);
      await engine.pass('console', record);
      if (consoleId !== 'serial0') {
        throw new NovaError('not_found', `${ref.name} has no console ${consoleId}.`);
      }
      return engine.consoles.open(ref.id, open);
    },
    rename,
    ...(has('pause')
      ? {
          async pause(context, ref) {
            const record = engine.look(ref);
            await engine.pass('pause', record, context.signal);
            if (record.phase !== 'running' && record.phase !== 'paused') {
              throw new NovaError('wrong_state', `${ref.name} does not run, so it can't be paused.`);
            }
            engine.change(ref.id, { phase: 'paused', reason: 'It was paused.' });
          },
          async resume(context, ref) {
            const record = engine.look(ref);
            await engine.pass('resume', record, context.signal);
            if (record.phase !== 'running' && record.phase !== 'paused') {
              throw new NovaError('wrong_state', `${ref.name} does not run, so it can't be resumed.`);
            }
            engine.change(ref.id, { phase: 'running', reason: 'It was resumed.' });
          },
        }
      : {}),
    ...(has('reset')
      ? {
          async reset(context, ref) {
            const record = engine.look(ref);
            await engine.pass('reset', record, context.signal);
            if (record.phase !== 'running' && record.phase !== 'paused') {
              throw new NovaError('wrong_state', `${ref.name} does not run. Start it instead.`);
            }
            engine.change(ref.id, { memory: {}, phase: 'running', reason: 'It was reset.' });
            engine.consoles.print(ref.id, `\nFake guest of ${ref.name}, reset\n/ # `);
          },
        }
      : {}),
    ...(has('resize', 'resizeLive') ? { update } : {}),
    ...(has('snapshotDisk', 'snapshotMemory', 'clone') ? { snapshots: createSnapshots(engine) } : {}),
    ...(has('images') ? { images: createImages(engine) } : {}),
    ...(has('exec') ? { exec } : {}),
    ...(has('logs') ? { logs } : {}),
    ...(has('discover')
      ? {
          async discover() {
            await engine.failpoints.pass('discover', null);
            return engine.store.all().map((record) => ({
              engineId: record.id,
              name: record.spec.name,
              observation: engine.observation(record),
              ours: !record.foreign,
              spec: record.spec,
            }));
          },
          async adopt(engineId, id) {
            const record = engine.store.get(engineId);
            if (!record.foreign && engineId !== id) {
              throw new NovaError('conflict', `${record.spec.name} belongs to a NovaCron already.`);
            }
            engine.store.put({ ...record, id, foreign: false });
            if (engineId !== id) {
              engine.store.remove(engineId);
            }
            return { spec: record.spec, handle: fakeHandle(id) };
          },
        }
      : {}),
    async close() {
      engine.close();
    },
  } satisfies FakeDriver;
}
