import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestPlace, type TestPlace } from '../../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('a job that succeeded says nothing of what it did last, and a change that is not followed says so', async () => {
  const { handlers, context, make, done, get } = await place.open();
  await make('deaf', { start: true, settings: { ignoreResize: true, resizeMs: 1 } });
  const { spec } = await get('deaf');
  const resources = { memoryBytes: (spec.resources.memoryBytes ?? 0) * 2, vcpus: spec.resources.vcpus };
  const job = await done(handlers['workloads.resize']({ workload: 'deaf', resources }, context));
  expect(job).toMatchObject({ state: 'succeeded', message: 'The guest does not give memory back or take more.' });
  const followed = await done(handlers['workloads.resize']({ workload: 'deaf', resources: spec.resources }, context));
  expect(followed).toMatchObject({ state: 'succeeded', message: '' });
});
