import type { DriverEvent, Stats } from '../../../driver.ts';
import type { Check } from '../check.ts';
import { ensure, isGone, isJson, refuses, same } from '../expect.ts';
import { atOnce } from '../kit.ts';
import { until, within } from '../until.ts';

/** Longest wait for an event, a sample or the end of a stream, milliseconds. */
const limitMs = 30_000;
/** Workloads that are started at one time. */
const many = 4;

/** Create, start, stop, remove, and what is seen of them. */
export const lifecycleChecks: Check[] = [
  {
    id: 'create',
    title: 'creates stopped, and the same again for the same id',
    needs: [],
    async run(kit) {
      const ref = await kit.small();
      isJson(ref.handle, 'the handle');
      const seen = await kit.driver.inspect(ref);
      same(seen.phase, 'stopped', 'the phase after a create');
      isJson(seen, 'the observation');
      const again = await kit.driver.create(kit.context(), ref.id, ref.spec);
      same((await kit.driver.inspect({ ...ref, handle: again })).phase, 'stopped', 'the phase after a second create');
      isJson(await kit.driver.describe(ref), 'the description');
    },
  },
  {
    id: 'create-cancelled',
    title: 'leaves nothing of a create that was cancelled',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      const id = kit.newId();
      await refuses(kit.driver.create(kit.context(AbortSignal.abort()), id, spec), 'the create', 'cancelled');
      same(await kit.target.leftovers(id), [], 'what is left');
      kit.keep({ id, name: spec.name, spec, handle: { version: 1 } });
    },
  },
  {
    id: 'start',
    title: 'starts once: a second start is success and the same process',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const first = await kit.driver.inspect(ref);
      ensure((first.startedAtMs ?? 0) > Date.now() - 600_000, 'the time of the start is not told');
      await kit.driver.start(kit.context(), ref);
      const second = await kit.driver.inspect(ref);
      same(second.pid, first.pid, 'the process id after a second start');
      same(second.startedAtMs, first.startedAtMs, 'the time of the start after a second start');
      isJson(await kit.driver.describe(ref), 'the description');
    },
  },
  {
    id: 'stop',
    title: 'stops, also what is stopped already, and starts again',
    needs: [],
    async run(kit) {
      const ref = await kit.small();
      await kit.driver.stop(kit.context(), ref, atOnce);
      same((await kit.driver.inspect(ref)).phase, 'stopped', 'the phase of one that was never started');
      await kit.start(ref);
      await kit.driver.stop(kit.context(), ref, atOnce);
      await kit.phase(ref, 'stopped');
      await kit.driver.stop(kit.context(), ref, atOnce);
      await kit.start(ref);
    },
  },
  {
    id: 'stop-ladder',
    title: 'asks before it ends by force, and does not force what must not be forced',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const gentle = kit.driver.stop(kit.context(), ref, { graceMs: 400, force: false });
      await refuses(gentle, 'a stop without force', 'timeout');
      same((await kit.driver.inspect(ref)).phase, 'running', 'the phase after a stop in vain');
      await kit.driver.stop(kit.context(), ref, { graceMs: 400, force: true });
      await kit.phase(ref, 'stopped');
    },
  },
  {
    id: 'start-cancelled',
    title: 'can be started after a start that was cancelled',
    needs: [],
    async run(kit) {
      const ref = await kit.small();
      await refuses(kit.driver.start(kit.context(AbortSignal.abort()), ref), 'the start', 'cancelled');
      await kit.phase(ref, 'stopped');
      await kit.start(ref);
    },
  },
  {
    id: 'remove',
    title: 'removes what runs, twice, and nothing is left',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      await kit.driver.remove(kit.context(), ref);
      await isGone(kit.driver, ref);
      await kit.driver.remove(kit.context(), ref);
    },
  },
  {
    id: 'parallel',
    title: 'works on several at one time',
    needs: [],
    async run(kit) {
      const refs = await Promise.all(Array.from({ length: many }, async () => await kit.small()));
      await Promise.all(refs.map(async (ref) => await kit.start(ref)));
      const seen = await Promise.all(refs.map(async (ref) => await kit.driver.inspect(ref)));
      same(new Set(seen.map((each) => each.pid ?? each.startedAtMs)).size > 0, true, 'something runs');
      await Promise.all(refs.map(async (ref) => await kit.driver.stop(kit.context(), ref, atOnce)));
      await Promise.all(refs.map(async (ref) => await kit.phase(ref, 'stopped')));
    },
  },
  {
    id: 'events',
    title: 'tells starts and stops, and ends on abort',
    needs: [],
    async run(kit) {
      const stop = new AbortController();
      const seen: DriverEvent[] = [];
      const read = async (): Promise<void> => {
        for await (const event of kit.driver.events(stop.signal)) {
          isJson(event, 'the event');
          seen.push(event);
        }
      };
      const reading = read();
      const ref = await kit.small();
      const tells = async (phase: string): Promise<void> => {
        await until(
          `an event tells ${phase}`,
          () =>
            seen.some(
              (event) => event.type === 'observed' && event.id === ref.id && event.observation.phase === phase,
            ) || null,
          { limitMs },
        );
      };
      await kit.start(ref);
      await tells('running');
      seen.length = 0;
      await kit.driver.stop(kit.context(), ref, atOnce);
      await tells('stopped');
      stop.abort();
      await within('the end of the events after an abort', limitMs, reading);
    },
  },
  {
    id: 'stats',
    title: 'counts upwards while it runs, and ends with the run',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const samples: Stats[] = [];
      const read = async (): Promise<void> => {
        for await (const sample of kit.driver.stats(ref, 100, new AbortController().signal)) {
          isJson(sample, 'the sample');
          samples.push(sample);
        }
      };
      const reading = read();
      await until('there are three samples', () => (samples.length >= 3 ? true : null), { limitMs });
      await kit.driver.stop(kit.context(), ref, atOnce);
      await within('the end of the samples after a stop', limitMs, reading);
      for (const field of ['atMs', 'cpuTimeMs', 'diskReadBytes', 'networkRxBytes'] as const) {
        const values = samples.map((sample) => sample[field] ?? 0);
        ensure(
          values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0)),
          `${field} went back: ${values.join(', ')}`,
        );
      }
      ensure(samples[0]?.memoryBytes !== undefined, 'no sample tells the memory');
    },
  },
  {
    id: 'pause',
    title: 'pauses and resumes, twice each, and refuses what does not run',
    needs: ['pause'],
    async run(kit) {
      const ref = await kit.small();
      await refuses(kit.driver.pause?.(kit.context(), ref) ?? Promise.resolve(), 'pausing it', 'wrong_state');
      await kit.start(ref);
      const { pid } = await kit.driver.inspect(ref);
      await kit.driver.pause?.(kit.context(), ref);
      await kit.driver.pause?.(kit.context(), ref);
      await kit.phase(ref, 'paused');
      await kit.driver.resume?.(kit.context(), ref);
      await kit.driver.resume?.(kit.context(), ref);
      const seen = await kit.phase(ref, 'running');
      same(seen.pid, pid, 'the process id');
      await kit.driver.pause?.(kit.context(), ref);
      await kit.driver.stop(kit.context(), ref, atOnce);
      await kit.phase(ref, 'stopped');
    },
  },
  {
    id: 'reset',
    title: 'resets without a new process',
    needs: ['reset'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const { pid } = await kit.driver.inspect(ref);
      await kit.driver.reset?.(kit.context(), ref);
      same((await kit.phase(ref, 'running')).pid, pid, 'the process id');
      await kit.driver.stop(kit.context(), ref, atOnce);
      await refuses(kit.driver.reset?.(kit.context(), ref) ?? Promise.resolve(), 'resetting it', 'wrong_state');
    },
  },
];
