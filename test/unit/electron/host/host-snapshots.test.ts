import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../../drivers/driver.ts';
import type { WorkloadSpec } from '../../../../drivers/spec.ts';
import { createTestPlace, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

describe('snapshots', () => {
  test('take, restore with a restore point, clone, rename, remove', async () => {
    const { handlers, context, make, done, get } = await place.open();
    await make('a', { start: true });
    const taken = await done(handlers['snapshots.create']({ workload: 'a', name: 's 1', notes: '' }, context));
    expect(taken.state).toBe('succeeded');
    const restored = await done(handlers['snapshots.restore']({ workload: 'a', snapshot: 's 1', keep: true }, context));
    expect(restored).toMatchObject({ state: 'succeeded', result: { keptId: expect.any(String) } });
    const tree = await handlers['snapshots.list']({ workload: 'a' }, context);
    expect(tree.snapshots.filter((each) => each.automatic)).toHaveLength(1);
    expect(tree.snapshots).toHaveLength(2);
    expect(tree.currentId).toBe((taken.result as { snapshotId: string }).snapshotId);
    const cloned = await done(
      handlers['workloads.clone']({ workload: 'a', snapshot: 's 1', name: 'b', linked: true }, context),
    );
    expect(cloned.state).toBe('succeeded');
    expect((await get('b')).observation.phase).toBe('stopped');
    await handlers['snapshots.update']({ workload: 'a', snapshot: 's 1', name: 's 2' }, context);
    expect(await done(handlers['snapshots.remove']({ workload: 'a', snapshot: 's 2' }, context))).toMatchObject({
      state: 'succeeded',
    });
    const missing = await done(handlers['snapshots.remove']({ workload: 'a', snapshot: 'nobody' }, context));
    expect(missing).toMatchObject({ state: 'failed', error: { code: 'not_found' } });
  });

  test('a clone has the spec that its driver says, and is stored with it', async () => {
    const { handlers, context, make, done, get, fake } = await place.open();
    await make('a');
    await done(handlers['snapshots.create']({ workload: 'a', name: 's', notes: '' }, context));
    Object.assign(fake.snapshots ?? {}, {
      cloneSpec: async (ref: WorkloadRef, snapshotId: string | null, spec: WorkloadSpec) => ({
        ...spec,
        notes: `${spec.name} of ${ref.name}${snapshotId === null ? '' : ' then'}`,
      }),
    });
    await done(handlers['workloads.clone']({ workload: 'a', name: 'b', linked: true }, context));
    await done(handlers['workloads.clone']({ workload: 'a', snapshot: 's', name: 'c', linked: true }, context));
    expect((await get('b')).spec.notes).toBe('b of a');
    expect((await get('c')).spec.notes).toBe('c of a then');
  });

  test('a driver that cannot compare is answered by the specs; unknown points are not found', async () => {
    const { handlers, context, make, done } = await place.open();
    await make('a');
    await done(handlers['snapshots.create']({ workload: 'a', name: 's', notes: '' }, context));
    expect(await handlers['snapshots.diff']({ workload: 'a', from: 's' }, context)).toEqual({ fields: [] });
    const { spec } = await handlers['workloads.get']({ workload: 'a' }, context);
    await done(handlers['workloads.update']({ workload: 'a', spec: { ...spec, notes: 'new' } }, context));
    expect(await handlers['snapshots.diff']({ workload: 'a', from: 's' }, context)).toEqual({
      fields: [{ field: 'notes', from: '', to: 'new' }],
    });
    await expect(handlers['snapshots.diff']({ workload: 'a', from: 's', to: 'x' }, context)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('automatic restore points stay within their number', async () => {
    const { handlers, context, make, done } = await place.open();
    await handlers['settings.set']({ automaticSnapshots: 2 }, context);
    await make('a');
    await done(handlers['snapshots.create']({ workload: 'a', name: 's', notes: '' }, context));
    for (let round = 0; round < 5; round += 1) {
      await done(handlers['snapshots.restore']({ workload: 'a', snapshot: 's', keep: true }, context));
    }
    const { snapshots } = await handlers['snapshots.list']({ workload: 'a' }, context);
    expect(snapshots.filter((each) => each.automatic).length).toBe(2);
  });
});

describe('observation', () => {
  test('metrics flow while somebody watches and are in the history', async () => {
    const { handlers, context, make } = await place.open();
    const { id } = await make('a', { start: true });
    const seen: number[] = [];
    const stop = new AbortController();
    for await (const { workloadId, point } of handlers['metrics.subscribe'](
      { workloads: ['a'] },
      { signal: stop.signal },
    )) {
      expect(workloadId).toBe(id);
      if (point.cpuCores !== null) {
        seen.push(point.cpuCores);
      }
      if (seen.length === 2) {
        stop.abort();
      }
    }
    const { points } = await handlers['metrics.history']({ workload: 'a', sinceMs: Date.now() - 60_000 }, context);
    expect(points.length).toBeGreaterThanOrEqual(2);
  });

  test('foreign workloads are shown and can be adopted', async () => {
    const { handlers, context, fake, host } = await place.open();
    await host.recovered;
    const engineId = fake.controls.addForeign('theirs');
    for await (const message of handlers['state.subscribe']({}, context)) {
      const foreign =
        message.type === 'snapshot'
          ? message.state.foreign
          : message.changes.flatMap((each) => (each.collection === 'foreign' ? each.value : []));
      if (foreign.some((each) => each.name === 'theirs' && !each.ours)) {
        break;
      }
    }
    expect(await handlers['workloads.foreign']({}, context)).toMatchObject([
      { driver: 'fake', engineId, name: 'theirs' },
    ]);
    const adopted = await handlers['workloads.adopt']({ driver: 'fake', engineId }, context);
    expect(adopted).toMatchObject({ spec: { name: 'theirs' }, desired: 'running', observation: { phase: 'running' } });
  });

  test('one writer of a console at a time, where the user wants it so', async () => {
    const { handlers, context, make } = await place.open();
    await make('a', { start: true });
    await handlers['settings.set']({ consoleWriters: 'one' }, context);
    const open = () => handlers['consoles.open']({ workload: 'a', console: 'serial0', readOnly: false }, context);
    const first = await open();
    const second = await open();
    expect([first.answer.writable, second.answer.writable]).toEqual([true, false]);
    first.channel.close();
    const third = await open();
    expect(third.answer.writable).toBe(true);
    second.channel.close();
    third.channel.close();
    // Those who come at one instant.
    const crowd = await Promise.all([open(), open(), open()]);
    expect(crowd.filter(({ answer }) => answer.writable)).toHaveLength(1);
    for (const { channel } of crowd) {
      channel.close();
    }
  });
});
