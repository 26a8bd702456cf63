import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInventory } from '../../../../electron/inventory/inventory.ts';
import { createTestPlace, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('autostart also starts what is found late: its engine came up after NovaCron', async () => {
  const first = await place.open();
  await first.make('auto', { spec: { autostart: true } });
  await first.close();
  const inventory = openInventory(join(place.directories.data, 'inventory.db'));
  inventory.hosts.seen('local', 'another-boot', 1);
  inventory.close();
  const second = await place.open();
  second.fake.controls.failpoint('recover', { kind: 'fail' });
  await second.host.recovered;
  expect((await second.get('auto')).observation.phase).toBe('unknown');
  second.fake.controls.clearFailpoints();
  const health = async () => (await second.handlers['drivers.list']({}, second.context))[0]?.health;
  second.fake.controls.setProbe({ health: 'unhealthy' });
  await expect.poll(health, { timeout: 30_000 }).toBe('unhealthy');
  second.fake.controls.setProbe({ health: 'healthy' });
  await second.until('auto', (each) => each.observation.phase === 'running');
});
