import type { Driver, Handle, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { Engine } from './engine.ts';
import { findFakes, killFake, spawnFake } from './process.ts';
import type { Contents, FakeRecord } from './record.ts';
import { prompt } from './shell.ts';
import { sleep } from './wait.ts';

/** The handle of a fake workload: the id says all. */
export const fakeHandle = (id: string): Handle => ({ version: 1, id });

/** A record of something that was never started. */
export function freshRecord(id: string, spec: WorkloadSpec, part: Partial<FakeRecord> = {}): FakeRecord {
  return {
    id,
    spec,
    phase: 'stopped',
    reason: 'It was never started.',
    foreign: false,
    intent: null,
    startedAtMs: null,
    exitCode: null,
    process: null,
    boots: 0,
    disk: {},
    memory: {},
    snapshots: [],
    currentId: null,
    pending: [],
    ...part,
  };
}

/** Takes time in steps, with progress. */
export async function work(context: OperationContext, ms: number, message: string): Promise<void> {
  const steps = Math.max(1, Math.min(20, Math.ceil(ms / 100)));
  for (let step = 0; step < steps; step += 1) {
    context.progress(step / steps, message);
    await sleep(ms / steps, context.signal);
  }
  context.progress(1, message);
}

/** Brings a stopped workload to life; `memory` resumes a saved one. Undone when it fails. */
export async function boot(
  engine: Engine,
  context: OperationContext,
  record: FakeRecord,
  memory: Contents | null,
): Promise<void> {
  const { id, spec } = record;
  const settings = engine.settings(spec);
  const before = { phase: record.phase, reason: record.reason };
  engine.change(id, { phase: 'starting', reason: 'It starts.', intent: 'start' });
  try {
    await engine.pass('start.begin', record, context.signal);
    await work(context, settings.startMs, `Starting ${spec.name}`);
    const mark = settings.process ? await spawnFake(engine.root, id) : null;
    await engine.pass('start.spawned', record, context.signal);
    const running = engine.change(id, {
      phase: 'running',
      reason: memory === null ? 'It was started.' : 'It was resumed from a snapshot.',
      intent: null,
      process: mark,
      startedAtMs: Date.now(),
      exitCode: null,
      boots: record.boots + 1,
      memory: memory ?? {},
      pending: [],
    });
    engine.consoles.print(id, memory === null ? `Fake guest of ${spec.name}, boot ${running.boots}\n${prompt}` : '');
    engine.watch(running);
  } catch (error) {
    const stray = findFakes(engine.root).get(id);
    if (stray !== undefined) {
      killFake(id, stray);
    }
    engine.change(id, { ...before, intent: null, process: null });
    throw error;
  }
}

/** Create, start, stop, remove and recovery. */
export function createLifecycle(
  engine: Engine,
): Pick<Driver, 'create' | 'start' | 'stop' | 'remove' | 'recover' | 'inspect' | 'describe'> {
  return {
    async create(context, id, spec) {
      const known = engine.store.find(id);
      if (known !== null && known.intent !== 'create') {
        return fakeHandle(id);
      }
      const record = freshRecord(id, spec, { phase: 'creating', reason: 'It is being made.', intent: 'create' });
      try {
        await engine.pass('create.begin', record, context.signal);
        engine.store.put(record);
        await work(context, engine.settings(spec).createMs, `Creating ${spec.name}`);
        await engine.pass('create.recorded', record, context.signal);
      } catch (error) {
        engine.store.remove(id);
        throw error;
      }
      engine.change(id, { phase: 'stopped', reason: 'It was never started.', intent: null });
      return fakeHandle(id);
    },
    async start(context, ref) {
      const record = engine.look(ref);
      if (record.phase === 'paused') {
        throw new NovaError('wrong_state', `${ref.name} is paused. Resume it instead.`);
      }
      if (record.phase !== 'running') {
        engine.store.change(ref.id, { spec: ref.spec });
        await boot(engine, context, engine.store.get(ref.id), null);
      }
      return fakeHandle(ref.id);
    },
    async stop(context, ref, policy) {
      const record = engine.look(ref);
      await engine.pass('stop.begin', record, context.signal);
      if (!['running', 'paused', 'starting', 'stopping'].includes(record.phase)) {
        return;
      }
      const settings = engine.settings(record.spec);
      const obeys = !settings.ignoreStop && record.phase === 'running' && settings.stopMs <= policy.graceMs;
      if (policy.graceMs > 0) {
        engine.change(ref.id, { phase: 'stopping', reason: 'It was asked to shut down.' });
        try {
          await work(context, obeys ? settings.stopMs : policy.graceMs, `Stopping ${ref.name}`);
        } catch (error) {
          engine.change(ref.id, { phase: record.phase, reason: record.reason });
          throw error;
        }
      }
      if ((policy.graceMs === 0 || !obeys) && !policy.force) {
        engine.change(ref.id, { phase: record.phase, reason: record.reason });
        throw new NovaError('timeout', `${ref.name} did not shut down in time and still runs. Stop it by force.`, {
          retryable: true,
        });
      }
      const asked = policy.graceMs > 0 && obeys;
      engine.finish(ref.id, {
        phase: 'stopped',
        reason: asked ? 'Shut down by the guest.' : 'It was ended by force.',
        exitCode: asked ? 0 : null,
      });
      await engine.pass('stop.ended', record, context.signal);
    },
    async remove(context, ref) {
      const record = engine.store.find(ref.id);
      if (record === null) {
        return;
      }
      await engine.pass('remove.begin', record, context.signal);
      engine.store.change(ref.id, { intent: 'remove' });
      engine.finish(ref.id, { phase: 'stopped', reason: 'It is being removed.', exitCode: null });
      engine.store.change(ref.id, { intent: 'remove' });
      await engine.pass('remove.ended', record, context.signal);
      engine.consoles.end(ref.id);
      engine.store.remove(ref.id);
    },
    async recover(id, spec, handle) {
      const record = engine.store.find(id);
      await engine.failpoints.pass('recover', id, { settings: engine.settings(spec).failpoints });
      const half = record?.intent === 'create' || record?.intent === 'clone' || record?.intent === 'remove';
      if (record === null || handle === null || half) {
        const stray = record?.process ?? findFakesOnce(engine, spec).get(id);
        if (stray !== undefined) {
          killFake(id, stray);
        }
        engine.store.remove(id);
        const reason = handle === null ? 'Its creation was cut off and undone.' : 'The engine knows nothing of it.';
        return { observation: { phase: 'lost', reason }, handle: null };
      }
      if (record.intent === 'start') {
        const mark = findFakesOnce(engine, spec).get(id);
        const running = mark !== undefined;
        engine.change(id, {
          intent: null,
          phase: running ? 'running' : 'stopped',
          reason: running ? 'Its start was finished.' : 'Its start was cut off.',
          process: mark ?? null,
          startedAtMs: running ? Date.now() : null,
        });
      } else if (engine.look({ id, name: spec.name }).phase === 'stopping') {
        // A stop that was cut off may have reached the guest or not; it runs until it is asked again.
        engine.change(id, { phase: 'running', reason: 'A stop was cut off.' });
      }
      const seen = engine.look({ id, name: spec.name });
      engine.watch(seen);
      return { observation: engine.observation(seen), handle };
    },
    async inspect(ref) {
      await engine.pass('inspect', engine.store.find(ref.id));
      return engine.observation(engine.look(ref));
    },
    async describe(ref) {
      const { snapshots, disk, memory, ...facts } = engine.look(ref);
      return {
        ...facts,
        files: Object.keys(disk),
        variables: Object.keys(memory),
        snapshots: snapshots.length,
        record: `${engine.root}/${ref.id}.json`,
      };
    },
  };
}

/** The look at all processes is made only for workloads that have one. */
function findFakesOnce(engine: Engine, spec: WorkloadSpec): ReturnType<typeof findFakes> {
  return engine.settings(spec).process ? findFakes(engine.root) : new Map();
}
