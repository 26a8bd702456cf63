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
