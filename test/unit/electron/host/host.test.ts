import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job } from '../../../../electron/bridge/contract.ts';
import { openInventory } from '../../../../electron/inventory/inventory.ts';
import type { WorkloadRow } from '../../../../electron/inventory/workloads.ts';
import { createTestPlace, fakeSpec, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  place = createTestPlace();
});
afterEach(() => place.clean());

/** Changes the inventory while no host is open. */
function withInventory(change: (inventory: ReturnType<typeof openInventory>) => void): void {
  const inventory = openInventory(join(place.directories.data, 'inventory.db'));
  try {
    change(inventory);
  } finally {
    inventory.close();
  }
}

function stored(name: string): WorkloadRow {
  let found: WorkloadRow | undefined;
  withInventory((inventory) => {
    found = inventory.workloads.list('local').find((row) => row.spec.name === name);
  });
  if (!found) {
    throw new Error(`no row ${name}`);
  }
  return found;
}

describe('lifecycle', () => {
  test('create with start, stop, start, pause, resume, reset', async () => {
    const { handlers, context, done, get, until } = await place.open();
    const job = await done(handlers['workloads.create']({ spec: fakeSpec('a'), start: true }, context));
    expect(job).toMatchObject({ state: 'succeeded', verb: 'create', subject: 'a' });
    await until('a', (each) => each.observation.phase === 'running' && each.pendingVerb === null);
    expect(await get('a')).toMatchObject({ desired: 'running', id: (job.result as { workloadId: string }).workloadId });
    for (const [method, phase] of [
      ['workloads.pause', 'paused'],
      ['workloads.resume', 'running'],
      ['workloads.reset', 'running'],
      ['workloads.restart', 'running'],
      ['workloads.stop', 'stopped'],
      ['workloads.start', 'running'],
    ] as const) {
      const ended: Job = await done(handlers[method]({ workload: 'a', force: true }, context));
      expect(ended.state).toBe('succeeded');
      expect((await get('a')).observation.phase).toBe(phase);
    }
  });

  test('a taken name, bad settings and an unknown driver are refused before anything is made', async () => {
    const { handlers, context, make } = await place.open();
    await make('a');
    const create = (spec: ReturnType<typeof fakeSpec>) => handlers['workloads.create']({ spec, start: false }, context);
    await expect(create(fakeSpec('a'))).rejects.toMatchObject({ code: 'already_exists' });
    await expect(create(fakeSpec('b', { settings: { nonsense: 1 } }))).rejects.toMatchObject({ code: 'invalid_spec' });
    await expect(create(fakeSpec('b', { driver: 'kata' }))).rejects.toMatchObject({ code: 'unsupported' });
    expect(await handlers['workloads.list']({}, context)).toHaveLength(1);
  });

  test('a failed create leaves no row, no engine object and says why in its job', async () => {
    const { handlers, context, done, fake } = await place.open();
    fake.controls.failpoint('create.recorded', { kind: 'fail', code: 'resource_exhausted', message: 'full' });
    const job = await done(handlers['workloads.create']({ spec: fakeSpec('a'), start: true }, context));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'resource_exhausted' } });
    expect(await handlers['workloads.list']({}, context)).toEqual([]);
    expect(fake.controls.states()).toEqual([]);
    expect(await handlers['events.list']({ limit: 10 }, context)).toMatchObject([{ kind: 'create-failed' }]);
  });

  test('a missing feature is refused with its reason', async () => {
    const { handlers, context, make } = await place.open({ missing: ['pause', 'logs', 'exec'] });
    await make('a', { start: true });
    await expect(handlers['workloads.pause']({ workload: 'a' }, context)).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(handlers['exec.start']({ workload: 'a', command: ['x'], tty: false }, context)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test('rename and update change the spec; a name in use is refused', async () => {
    const { handlers, context, make, done, get } = await place.open();
    await make('a');
    await make('b');
    await expect(handlers['workloads.rename']({ workload: 'a', name: 'b' }, context)).rejects.toMatchObject({
      code: 'already_exists',
    });
    await handlers['workloads.rename']({ workload: 'a', name: 'c' }, context);
    const { spec } = await get('c');
    await done(handlers['workloads.update']({ workload: 'c', spec: { ...spec, name: 'd', notes: 'n' } }, context));
    expect((await get('d')).spec).toMatchObject({ name: 'd', notes: 'n' });
    const job = await done(handlers['workloads.resize']({ workload: 'd', resources: { vcpus: 2 } }, context));
    expect(job.state).toBe('succeeded');
    expect((await get('d')).spec.resources.vcpus).toBe(2);
  });
});

describe('a driver that hangs', () => {
  test('blocks only its own workload; a stop by force gets through', async () => {
    const { handlers, context, make, done, get, fake } = await place.open();
    const { id } = await make('hung');
    await make('other');
    fake.controls.failpoint('start.begin', { kind: 'hang' }, id);
    const { job: hung } = await handlers['workloads.start']({ workload: 'hung' }, context);
    const { job: behind } = await handlers['workloads.pause']({ workload: 'hung' }, context);
    expect((await get('hung')).pendingVerb).toBe('start');
    expect(await done(handlers['workloads.start']({ workload: 'other' }, context))).toMatchObject({
      state: 'succeeded',
    });
    // One that waits behind it is cancelled at once, without its turn.
    expect(await handlers['jobs.cancel']({ job: behind.id }, context)).toBeDefined();
    expect(await handlers['jobs.wait']({ job: behind.id }, context)).toMatchObject({ state: 'cancelled' });
    fake.controls.clearFailpoints();
    const stop = await done(handlers['workloads.stop']({ workload: 'hung', graceSeconds: 0, force: true }, context));
    expect(stop.state).toBe('succeeded');
    expect(await handlers['jobs.get']({ job: hung.id }, context)).toMatchObject({ state: 'cancelled' });
    expect((await get('hung')).pendingVerb).toBeNull();
  });

  test('does not delay the start of the host nor the recovery of others', async () => {
    const first = await place.open();
    await first.make('hung', { settings: { failpoints: { recover: { kind: 'hang' } } } });
    await first.make('fine', { start: true });
    await first.close();
    const begun = performance.now();
    const second = await place.open();
    expect(performance.now() - begun).toBeLessThan(8000);
    await second.until('fine', (each) => each.observation.phase === 'running');
    expect((await second.get('hung')).observation.phase).toBe('unknown');
  });

  test('many recover at the same time', async () => {
    const first = await place.open();
    const settings = { failpoints: { recover: { kind: 'delay', ms: 300 } } };
    await Promise.all(Array.from({ length: 40 }, (_, index) => first.make(`w${index}`, { settings })));
    await first.close();
    const second = await place.open();
    const begun = performance.now();
    await second.host.recovered;
    // One after another they would take 12 s.
    expect(performance.now() - begun).toBeLessThan(10_000);
    const all = await second.handlers['workloads.list']({}, second.context);
    expect(all.every((each) => each.observation.phase === 'stopped')).toBe(true);
  });
});

describe('after a restart of the host', () => {
  test('fault 1: running workloads are found running, with their ids', async () => {
    const first = await place.open();
    const before = await first.make('a', { start: true });
    await first.close();
    const second = await place.open();
    await second.host.recovered;
    expect(await second.get('a')).toMatchObject({
      id: before.id,
      desired: 'running',
      observation: { phase: 'running' },
    });
  });

  test('fault 7: a create that was cut off is undone', async () => {
    const first = await place.open();
    await first.make('a');
    await first.close();
    const row = stored('a');
    withInventory((inventory) =>
      inventory.workloads.put({
        ...row,
        handle: null,
        intent: { kind: 'create' },
        observation: { phase: 'creating', reason: '' },
      }),
    );
    const second = await place.open();
    await second.host.recovered;
    expect(await second.handlers['workloads.list']({}, second.context)).toEqual([]);
    expect(second.fake.controls.states()).toEqual([]);
    expect(await second.handlers['events.list']({ limit: 1 }, second.context)).toMatchObject([
      { kind: 'create-undone' },
    ]);
  });

  test('a removal and a change that were cut off are finished', async () => {
    const first = await place.open();
    await first.make('gone', { start: true });
    await first.make('changed');
    await first.close();
    const [gone, changed] = [stored('gone'), stored('changed')];
    withInventory((inventory) => {
      inventory.workloads.put({ ...gone, intent: { kind: 'remove' } });
      inventory.workloads.put({
        ...changed,
        intent: { kind: 'update', spec: { ...changed.spec, resources: { ...changed.spec.resources, vcpus: 3 } } },
      });
    });
    const second = await place.open();
    await second.host.recovered;
    expect(second.fake.controls.states().map((each) => each.name)).toEqual(['changed']);
    expect((await second.get('changed')).spec.resources.vcpus).toBe(3);
    await second.close();
    expect(stored('changed').intent).toBeNull();
  });

  test('jobs of the last host are interrupted', async () => {
    const first = await place.open();
    await first.make('a');
    await first.close();
    withInventory((inventory) => {
      const [job] = inventory.jobs.list('local', 1);
      if (job) {
        inventory.jobs.put({ ...job, id: 'open', state: 'running', endedAtMs: null });
      }
    });
    const second = await place.open();
    expect(await second.handlers['jobs.get']({ job: 'open' }, second.context)).toMatchObject({
      state: 'interrupted',
      error: { code: 'interrupted' },
    });
  });

  test('a running job is marked interrupted by a close', async () => {
    const first = await place.open();
    await first.make('a', { settings: { startMs: 60_000 } });
    const { job } = await first.handlers['workloads.start']({ workload: 'a' }, first.context);
    await first.close();
    const second = await place.open();
    expect(await second.handlers['jobs.get']({ job: job.id }, second.context)).toMatchObject({ state: 'interrupted' });
  });

  test('autostart starts with the first host after a boot of the machine only', async () => {
    const first = await place.open();
    await first.make('auto', { spec: { autostart: true } });
    await first.make('rests');
    await first.close();
    const same = await place.open();
    await same.host.recovered;
    expect((await same.get('auto')).observation.phase).toBe('stopped');
    await same.close();
    withInventory((inventory) => inventory.hosts.seen('local', 'another-boot', 1));
    const second = await place.open();
    await second.until('auto', (each) => each.observation.phase === 'running');
    expect((await second.get('rests')).observation.phase).toBe('stopped');
  });

  test('fault 31: with inventory and backup lost, all comes back from the engine', async () => {
    const first = await place.open();
    const before = await first.make('a', { start: true });
    await first.make('b');
    await first.close();
    const file = join(place.directories.data, 'inventory.db');
    writeFileSync(file, 'not a database'.repeat(1000));
    rmSync(`${file}.backup`, { force: true });
    const second = await place.open();
    await second.host.recovered;
    const all = await second.handlers['workloads.list']({}, second.context);
    expect(all.map((each) => each.spec.name).toSorted()).toEqual(['a', 'b']);
    expect(await second.get('a')).toMatchObject({ id: before.id, observation: { phase: 'running' } });
    const [check] = (await second.handlers['doctor.run']({}, second.context)).filter((each) => each.id === 'inventory');
    expect(check).toMatchObject({ status: 'warning' });
  });

  test('fault 31: a damaged inventory comes back from the backup of the last close, newer workloads from the engine', async () => {
    const first = await place.open();
    await first.make('old', { spec: { notes: 'kept in the backup' } });
    await first.close();
    const second = await place.open();
    await second.make('new');
    await second.close();
    writeFileSync(join(place.directories.data, 'inventory.db'), 'not a database'.repeat(1000));
    const third = await place.open();
    await third.host.recovered;
    const all = await third.handlers['workloads.list']({}, third.context);
    expect(all.map((each) => each.spec.name).toSorted()).toEqual(['new', 'old']);
    expect((await third.get('old')).spec.notes).toBe('kept in the backup');
  });

  test('fault 12: a second host on the same data directory is refused', async () => {
    await place.open();
    await expect(place.open()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`${process.pid}`),
    });
  });
});

describe('trash', () => {
  test('a removed workload can be taken back; its name is free meanwhile', async () => {
    const { handlers, context, make, done, get, fake } = await place.open();
    const { id } = await make('a', { start: true });
    await done(handlers['workloads.remove']({ workload: 'a', now: false }, context));
    const trashed = await get(id);
    expect(trashed.observation.phase).toBe('stopped');
    expect(trashed.trashedUntilMs).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await expect(handlers['workloads.start']({ workload: id }, context)).rejects.toMatchObject({ code: 'wrong_state' });
    const other = await make('a');
    await expect(handlers['workloads.restoreFromTrash']({ workload: id }, context)).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect((await get('a')).id).toBe(other.id);
    await done(handlers['workloads.remove']({ workload: other.id, now: true }, context));
    await handlers['workloads.restoreFromTrash']({ workload: id }, context);
    expect(await get('a')).toMatchObject({ id, trashedUntilMs: null });
    expect(fake.controls.states()).toHaveLength(1);
  });

  test('what lay in the trash beyond its time is gone after the next start', async () => {
    const first = await place.open();
    await first.make('old');
    await first.make('kept');
    await first.close();
    const row = stored('old');
    withInventory((inventory) => inventory.workloads.put({ ...row, trashedUntilMs: 1 }));
    const second = await place.open();
    await second.host.recovered;
    for await (const _ of second.handlers['state.subscribe']({}, second.context)) {
      const names = (await second.handlers['workloads.list']({}, second.context)).map((each) => each.spec.name);
      if (names.length === 1) {
        expect(names).toEqual(['kept']);
        break;
      }
    }
    expect(second.fake.controls.states().map((each) => each.name)).toEqual(['kept']);
  });

  test('a protected workload is not removed', async () => {
    const { handlers, context, make } = await place.open();
    await make('a', { spec: { protected: true } });
    await expect(handlers['workloads.remove']({ workload: 'a', now: true }, context)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a removal that the engine refuses leaves the workload as it was', async () => {
    const { handlers, context, make, done, get, fake } = await place.open();
    await make('a');
    fake.controls.failpoint('remove.begin', {
      kind: 'fail',
      code: 'conflict',
      message: 'a clone stands on it',
      times: 1,
    });
    expect(await done(handlers['workloads.remove']({ workload: 'a', now: true }, context))).toMatchObject({
      state: 'failed',
    });
    expect((await get('a')).observation.phase).toBe('stopped');
    expect(await done(handlers['workloads.remove']({ workload: 'a', now: true }, context))).toMatchObject({
      state: 'succeeded',
    });
  });
});

describe('restart policies', () => {
  test('a crashed workload is started again after a wait; without a policy it rests', async () => {
    const { make, until, fake, get } = await place.open();
    const kept = await make('kept', { start: true, spec: { restart: 'on-failure' } });
    const left = await make('left', { start: true });
    fake.controls.crash(kept.id);
    fake.controls.crash(left.id);
    await until('left', (each) => each.observation.phase === 'crashed' && each.desired === 'stopped');
    await until('kept', (each) => each.observation.phase === 'crashed');
    await until('kept', (each) => each.observation.phase === 'running');
    expect((await get('left')).observation.phase).toBe('crashed');
  });

  test('a start by the user takes the place of the one that was to come', async () => {
    const { handlers, context, make, done, until, fake } = await place.open();
    const { id } = await make('a', { start: true, spec: { restart: 'always' } });
    const crash = async () => {
      fake.controls.crash(id);
      await until('a', (each) => each.observation.phase === 'crashed');
    };
    await crash();
    await done(handlers['workloads.start']({ workload: 'a' }, context));
    await until('a', (each) => each.observation.phase === 'running');
    await crash();
    // The second crash has its own wait, twice as long.
    await vi.waitFor(async () => {
      const events = await handlers['events.list']({ workload: 'a', limit: 20 }, context);
      const waits = events
        .filter(({ kind }) => kind === 'restart')
        .map(({ message }) => /in (\d+) s/.exec(message)?.[1]);
      expect(waits).toContain('2');
    }, 15_000);
  });

  test('a stop by the user is not undone', async () => {
    const { handlers, context, make, done, get } = await place.open();
    await make('a', { start: true, spec: { restart: 'always' } });
    await done(handlers['workloads.stop']({ workload: 'a', force: true }, context));
    expect(await get('a')).toMatchObject({ desired: 'stopped', pendingVerb: null, observation: { phase: 'stopped' } });
  });
});
