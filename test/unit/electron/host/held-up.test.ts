import { afterEach, beforeEach, expect, test } from 'vitest';
import { NovaError } from '../../../../drivers/errors.ts';
import { createTestPlace, type TestHost, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

const held = new NovaError('timeout', 'The engine did not answer in time.', { retryable: true });

/** A workload whose change its engine holds up: `answers` lets the engine say that it is made. */
const hold = async (host: TestHost) => {
  const { handlers, context, make, done, fake } = host;
  const { id, spec } = await make('held', { start: true });
  const to = { ...spec, notes: 'changed' };
  const answer = Promise.withResolvers<void>();
  Object.assign(fake, {
    recoversAgain: true,
    update: () => Promise.reject(held),
    recover: async () => {
      await answer.promise;
      return { observation: { phase: 'running', reason: '' }, handle: null, spec: to };
    },
  });
  const job = await done(handlers['workloads.update']({ workload: id, spec: to }, context));
  return { id, job, to, answers: () => answer.resolve() };
};

test('fault 35: a change that the engine held up is told, and the list follows what came of it when the engine answers', async () => {
  const host = await place.open();
  const { handlers, context, done, until, get } = host;
  const { job, answers } = await hold(host);
  expect(job).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  const early = await done(handlers['workloads.pause']({ workload: 'held' }, context));
  expect(early).toMatchObject({ state: 'failed', error: { code: 'wrong_state', retryable: true } });
  expect((await get('held')).spec.notes).toBe('');
  answers();
  expect((await until('held', (workload) => workload.spec.notes === 'changed')).observation.phase).toBe('running');
  const paused = await done(handlers['workloads.pause']({ workload: 'held' }, context));
  expect(paused.state).toBe('succeeded');
  const events = await handlers['events.list']({ workload: 'held', limit: 100 }, context);
  expect(events.map((event) => event.kind)).toContain('settled');
});

test('fault 35: where the host ends meanwhile the next one follows what came of it', async () => {
  const first = await place.open();
  const { to } = await hold(first);
  await first.close();
  const second = await place.open();
  const found = await second.until('held', (workload) => workload.observation.phase === 'running');
  // What the driver did counts: the fake one has done nothing.
  expect(found.spec.notes).toBe('');
  expect(to.notes).toBe('changed');
});

test('fault 35: one that was frozen for the snapshot of a group and whose engine hangs goes on when it answers', async () => {
  const host = await place.open();
  const { handlers, context, make, done, until, fake } = host;
  await make('web', { start: true, spec: { labels: { team: 'a' } } });
  const resume = fake.resume?.bind(fake);
  let hangs = true;
  Object.assign(fake, {
    recoversAgain: true,
    resume: async (...args: Parameters<NonNullable<typeof fake.resume>>) => {
      if (hangs) throw held;
      await resume?.(...args);
    },
  });
  const group = { key: 'team', value: 'a' };
  const job = await done(handlers['groups.snapshot']({ group, name: 'point', notes: '', memory: false }, context));
  expect(job.state).toBe('failed');
  await until('web', (workload) => workload.observation.phase === 'paused');
  hangs = false;
  await until('web', (workload) => workload.observation.phase === 'running');
  const paused = await done(handlers['workloads.pause']({ workload: 'web' }, context));
  expect(paused.state).toBe('succeeded');
});
