import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestPlace, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('a removal that waits for an orderly end is overtaken by one by force', async () => {
  const { handlers, context, make, done, get, fake } = await place.open();
  const { id } = await make('hung', { start: true });
  fake.controls.failpoint('stop.begin', { kind: 'hang' }, id);
  const { job: waiting } = await handlers['workloads.remove']({ workload: 'hung', now: false }, context);
  expect((await get('hung')).pendingVerb).toBe('remove');
  fake.controls.clearFailpoints();
  const forced = await done(handlers['workloads.remove']({ workload: 'hung', now: false, force: true }, context));
  expect(forced.state).toBe('succeeded');
  expect(await handlers['jobs.get']({ job: waiting.id }, context)).toMatchObject({ state: 'cancelled' });
  expect((await get(id)).trashedUntilMs).not.toBeNull();
});

test('one whose engine hangs is taken off the list without it, and is found again with its own id when the engine answers', async () => {
  const { handlers, context, make, done, fake, until } = await place.open();
  const { id } = await make('gone', { start: true });
  fake.controls.failpoint('remove.begin', { kind: 'hang' }, id);
  await handlers['workloads.remove']({ workload: 'gone', now: true }, context);
  const forgotten = await done(handlers['workloads.forget']({ workload: 'gone' }, context));
  expect(forgotten.state).toBe('succeeded');
  expect(await handlers['workloads.list']({}, context)).toEqual([]);
  fake.controls.clearFailpoints();
  expect(await handlers['workloads.foreign']({}, context)).toMatchObject([{ engineId: id, name: 'gone', ours: true }]);
  await handlers['workloads.adopt']({ driver: 'fake', engineId: id }, context);
  await until('gone', (workload) => workload.observation.phase === 'running');
});

test('one that is protected is not taken off the list', async () => {
  const { handlers, context, make } = await place.open();
  await make('kept', { spec: { protected: true } });
  await expect(handlers['workloads.forget']({ workload: 'kept' }, context)).rejects.toMatchObject({ code: 'conflict' });
});
