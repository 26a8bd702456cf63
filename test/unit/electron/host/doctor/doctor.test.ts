import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestPlace, type TestPlace } from '../../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

test('each check has a state; one that the user muted is marked', async () => {
  const { handlers, context } = await place.open();
  await handlers['settings.set']({ mutedChecks: ['inventory'] }, context);
  const checks = await handlers['doctor.run']({}, context);
  expect(checks.map((check) => [check.id, check.muted])).toEqual([
    ['driver.fake', false],
    ['space.data', false],
    ['space.cache', false],
    ['runtime', false],
    ['inventory', true],
    ['attention', false],
  ]);
});

test('a driver that is unwell, one that could do better and a feature with a fix are told', async () => {
  const { handlers, context, fake } = await place.open();
  const find = async (id: string) => (await handlers['doctor.run']({}, context)).find((check) => check.id === id);
  fake.controls.setProbe({ health: 'unhealthy', summary: 'broken', fixes: [{ text: 'mend it' }] });
  expect(await find('driver.fake')).toMatchObject({ status: 'problem', detail: expect.stringContaining('broken') });
  fake.controls.setProbe({ health: 'healthy', fixes: [{ text: 'mend it' }] });
  expect(await find('driver.fake')).toMatchObject({ status: 'warning', fixes: [{ text: 'mend it' }] });
});

test('a socket directory that others can reach is a problem with its fix', async () => {
  const { handlers, context } = await place.open();
  chmodSync(place.directories.runtime, 0o755);
  const checks = await handlers['doctor.run']({}, context);
  expect(checks.find((check) => check.id === 'runtime')).toMatchObject({
    status: 'problem',
    fixes: [{ command: `chmod 700 '${place.directories.runtime}'` }],
  });
});
