import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInventory } from '../../../../electron/inventory/inventory.ts';
import { createTestPlace, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('a removal that was cut off before it could be refused leaves the workload as it was', async () => {
  const first = await place.open();
  const refusal = { kind: 'fail', code: 'conflict', message: 'a clone stands on it' };
  const { id } = await first.make('base', {
    start: true,
    settings: { failpoints: { 'remove.begin': refusal } },
  });
  await first.close();
  const file = join(place.directories.data, 'inventory.db');
  const inventory = openInventory(file);
  const row = inventory.workloads.list('local').find((each) => each.id === id);
  if (row) inventory.workloads.put({ ...row, intent: { kind: 'remove' } });
  inventory.close();

  const second = await place.open();
  await second.host.recovered;
  expect((await second.get('base')).observation).toMatchObject({ phase: 'running' });
  expect(await second.handlers['events.list']({ limit: 1 }, second.context)).toMatchObject([
    { kind: 'remove-refused', message: expect.stringContaining('a clone stands on it') as string },
  ]);
  // And it is offered again.
  expect(
    await second.done(second.handlers['workloads.stop']({ workload: 'base', force: true }, second.context)),
  ).toMatchObject({
    state: 'succeeded',
  });
});
