import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInventory } from '../../../../../electron/inventory/inventory.ts';
import { createTestPlace, type TestHost, type TestPlace } from '../../../../support/host/open-test-host.ts';

const group = { key: 'com.docker.compose.project', value: 'shop' };
const labels = { [group.key]: group.value };

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

async function shop(opened: TestHost): Promise<string[]> {
  const ids: string[] = [];
  for (const [name, start] of [
    ['db', true],
    ['web', true],
    ['batch', false],
  ] as const) {
    ids.push((await opened.make(name, { start, spec: { labels } })).id);
  }
  await opened.make('other', { start: true });
  return ids;
}

const snapshot = ({ handlers, context, done }: TestHost, name = 'point') =>
  done(handlers['groups.snapshot']({ group, name, notes: '', memory: true }, context));
const phases = async ({ handlers, context }: TestHost) =>
  Object.fromEntries(
    (await handlers['workloads.list']({}, context)).map((each) => [each.spec.name, each.observation.phase]),
  );

test('a group is all that carry its label', async () => {
  const opened = await place.open();
  const ids = await shop(opened);
  const { handlers, context } = opened;
  expect(await handlers['groups.list']({}, context)).toEqual([{ ...group, workloads: ids, running: 2 }]);
  expect(await handlers['groups.list']({ key: 'else' }, context)).toEqual([]);
  await expect(handlers['groups.start']({ group: { key: 'a', value: 'b' } }, context)).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('what Compose, the engine or the image wrote is no group, unless it is asked for', async () => {
  const { handlers, context, make } = await place.open();
  const hash = 'com.docker.compose.config-hash';
  await make('web', {
    spec: {
      labels: {
        ...labels,
        [hash]: 'abc',
        'org.opencontainers.image.version': '3',
        'com.docker.swarm.node.id': 'n',
        team: 'core',
      },
    },
  });
  const keys = (await handlers['groups.list']({}, context)).map((each) => each.key);
  expect(keys).toEqual([group.key, 'team']);
  expect(await handlers['groups.list']({ key: hash }, context)).toHaveLength(1);
});

test('all are frozen before the first snapshot is taken, and go on after the last', async () => {
  const opened = await place.open();
  const [db, web] = await shop(opened);
  const { fake } = opened;
  // The second is slow to freeze and the first slow to save: no snapshot may begin before both stand still.
  fake.controls.failpoint('pause', { kind: 'delay', ms: 150 }, web);
  fake.controls.failpoint('snapshot.begin', { kind: 'delay', ms: 150 }, db);
  const seen: string[] = [];
  const stop = new AbortController();
  const watch = (async () => {
    for await (const message of opened.handlers['state.subscribe']({}, { signal: stop.signal })) {
      if (message.type === 'delta') {
        for (const change of message.changes) {
          if (change.collection === 'workloads' && change.value) {
            seen.push(`${change.value.spec.name} ${change.value.observation.phase}`);
          }
        }
      }
    }
  })();
  const job = await snapshot(opened);
  expect(job).toMatchObject({
    state: 'succeeded',
    result: { onePoint: true, notFrozen: [], stoodStillMs: expect.any(Number) },
  });
  expect((job.result as { stoodStillMs: number }).stoodStillMs).toBeGreaterThanOrEqual(140);
  expect(await phases(opened)).toEqual({ db: 'running', web: 'running', batch: 'stopped', other: 'running' });
  stop.abort();
  await watch;
  expect(seen).not.toContain('other paused');
});

test('a group goes back together, each to what it did then', async () => {
  const opened = await place.open();
  const ids = await shop(opened);
  const { handlers, context, done } = opened;
  await snapshot(opened);
  const points = await handlers['groups.snapshots']({ group }, context);
  expect(points).toMatchObject([{ name: 'point', missing: [] }]);
  expect(points[0]?.members.map((each) => [each.workloadId, each.was])).toEqual([
    [ids[0], 'running'],
    [ids[1], 'running'],
    [ids[2], 'stopped'],
  ]);
  expect(await done(handlers['groups.stop']({ group, force: true, graceSeconds: 0 }, context))).toMatchObject({
    state: 'succeeded',
  });
  expect(await phases(opened)).toMatchObject({ db: 'stopped', web: 'stopped', other: 'running' });
  const back = await done(handlers['groups.restore']({ group, snapshot: 'point', keep: true }, context));
  expect(back).toMatchObject({ state: 'succeeded' });
  expect(await phases(opened)).toMatchObject({ db: 'running', web: 'running', batch: 'stopped' });
  await done(handlers['groups.removeSnapshot']({ group, snapshot: 'point' }, context));
  expect(await handlers['groups.snapshots']({ group }, context)).toEqual([]);
});

test('one that fails undoes the others and all go on', async () => {
  const opened = await place.open();
  const [, web] = await shop(opened);
  const { handlers, context, fake } = opened;
  fake.controls.failpoint('snapshot.begin', { kind: 'fail', message: 'no room' }, web);
  const job = await snapshot(opened);
  expect(job.state).toBe('failed');
  expect(job.error?.message).toContain('no room');
  expect(await phases(opened)).toEqual({ db: 'running', web: 'running', batch: 'stopped', other: 'running' });
  expect(await handlers['groups.snapshots']({ group }, context)).toEqual([]);
});

test('a list of workloads is taken as one point; one named twice has one part, one unknown refuses all', async () => {
  const opened = await place.open();
  const { handlers, context, done, make } = opened;
  const a = await make('a', { start: true });
  await make('b', { start: true });
  const take = (list: string[]) =>
    done(handlers['groups.snapshot']({ group: list, name: 'list', notes: '', memory: true }, context));
  expect(await take(['a', 'b', a.id])).toMatchObject({
    state: 'succeeded',
    subject: 'a, b',
    result: { onePoint: true, jobs: [expect.any(String), expect.any(String)] },
  });
  await expect(take(['a', 'nobody'])).rejects.toMatchObject({ code: 'not_found' });
  expect((await handlers['snapshots.list']({ workload: 'a' }, context)).snapshots).toHaveLength(1);
  expect(await phases(opened)).toEqual({ a: 'running', b: 'running' });
});

test('a cancel while one still waits for its turn leaves nothing frozen', async () => {
  const opened = await place.open();
  const [db] = await shop(opened);
  const { handlers, context, fake } = opened;
  fake.controls.failpoint('pause', { kind: 'hang' }, db);
  const hung = await handlers['workloads.pause']({ workload: 'db' }, context);
  const { job } = await handlers['groups.snapshot']({ group, name: 'p', notes: '', memory: true }, context);
  await handlers['jobs.cancel']({ job: job.id }, context);
  expect(await handlers['jobs.wait']({ job: job.id }, context)).toMatchObject({ state: 'cancelled' });
  await handlers['jobs.cancel']({ job: hung.job.id }, context);
  await opened.until('web', (each) => each.pendingVerb === null && each.observation.phase === 'running');
});

test('what a dead host left frozen goes on at the next start', async () => {
  const first = await place.open();
  await shop(first);
  await first.done(first.handlers['workloads.pause']({ workload: 'db' }, first.context));
  await first.done(first.handlers['workloads.pause']({ workload: 'other' }, first.context));
  await first.close();
  const inventory = openInventory(join(place.directories.data, 'inventory.db'));
  for (const row of inventory.workloads.list('local').filter((each) => each.spec.name === 'db')) {
    inventory.workloads.put({ ...row, intent: { kind: 'freeze' } });
  }
  inventory.close();
  const second = await place.open();
  await second.host.recovered;
  await second.until('db', (each) => each.observation.phase === 'running');
  // The user's own pause is left as it is.
  expect(await phases(second)).toMatchObject({ db: 'running', other: 'paused' });
});
