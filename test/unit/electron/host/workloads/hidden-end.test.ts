import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestPlace, type TestPlace } from '../../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('a run that ended while nobody looked is in the history, and moves neither state nor restart policy', async () => {
  const opened = await place.open();
  const { id } = await opened.make('web', { start: true, spec: { restart: 'always' } });
  const before = await opened.get('web');
  const atMs = Date.now() - 60_000;
  opened.fake.controls.ended(id, { phase: 'crashed', reason: 'killed: out of memory', atMs });
  // One of the engine's clock alone, and one whose clock is ahead of ours, are of now.
  opened.fake.controls.ended(id, { phase: 'stopped', reason: 'exit code 0' });
  opened.fake.controls.ended(id, { phase: 'crashed', reason: 'exit code 1', atMs: Date.now() + 3_600_000 });
  opened.fake.controls.ended('nobody', { phase: 'crashed', reason: 'exit code 1' });
  const told = async () =>
    (await opened.handlers['events.list']({ workload: 'web', limit: 100 }, opened.context))
      .filter((event) => event.kind === 'crashed' || event.kind === 'ended' || event.kind === 'restart')
      .reverse();
  await expect.poll(async () => (await told()).length).toBe(3);
  expect(await told()).toMatchObject([
    { kind: 'crashed', level: 'error', message: 'web crashed: killed: out of memory. It was started again.', atMs },
    { kind: 'ended', level: 'info', message: 'web ended: exit code 0. It was started again.' },
    { kind: 'crashed', message: 'web crashed: exit code 1. It was started again.' },
  ]);
  for (const event of await told()) expect(event.atMs).toBeLessThanOrEqual(Date.now());
  const after = await opened.get('web');
  expect(after.observation).toEqual(before.observation);
  expect(after.desired).toBe('running');
});
