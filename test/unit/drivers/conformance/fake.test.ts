import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failpointNames } from '../../../../drivers/conformance/fake/failpoints.ts';
import { createFakeDriver, type FakeDriver } from '../../../../drivers/conformance/fake/fake-driver.ts';
import type { OperationContext, WorkloadRef } from '../../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../../drivers/spec.ts';

let root = '';
let driver: FakeDriver;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'novacron-fake-'));
  driver = createFakeDriver({ root });
});
afterEach(async () => {
  await driver.close();
  rmSync(root, { recursive: true, force: true });
});

const context = (signal = new AbortController().signal): OperationContext => ({
  signal,
  progress: () => undefined,
  log: () => undefined,
  saveHandle: () => undefined,
});

async function make(name: string, settings: Record<string, unknown> = {}): Promise<WorkloadRef> {
  const spec = await driver.resolve(workloadSpecSchema.parse({ name, driver: 'fake', settings }));
  const handle = await driver.create(context(), name, spec);
  return { id: name, name, spec, handle };
}

async function read(output: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const bytes of output) {
    text += Buffer.from(bytes).toString('utf8');
  }
  return text;
}

describe('failpoints', () => {
  it('fail as often as they are told, from outside and by settings', async () => {
    const ref = await make('a', { failpoints: { inspect: { kind: 'fail', code: 'timeout', times: 1 } } });
    await expect(driver.inspect(ref)).rejects.toMatchObject({ code: 'timeout' });
    await expect(driver.inspect(ref)).resolves.toMatchObject({ phase: 'stopped' });
    driver.controls.failpoint('inspect', { kind: 'fail', code: 'permission_denied' }, 'b');
    await expect(driver.inspect(ref)).resolves.toMatchObject({ phase: 'stopped' });
    driver.controls.failpoint('inspect', { kind: 'fail', code: 'permission_denied' });
    await expect(driver.inspect(ref)).rejects.toMatchObject({ code: 'permission_denied' });
    driver.controls.clearFailpoints();
    await expect(driver.inspect(ref)).resolves.toMatchObject({ phase: 'stopped' });
  });

  it('hang until they are cancelled, and the start is undone', async () => {
    const ref = await make('a');
    driver.controls.failpoint('start.spawned', { kind: 'hang' });
    const stop = new AbortController();
    const starting = driver.start(context(stop.signal), ref);
    stop.abort();
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(driver.inspect(ref)).resolves.toMatchObject({ phase: 'stopped' });
  });

  it('leave a whole tree wherever a snapshot or a restore fails', async () => {
    const ref = await make('a');
    const { snapshots } = driver;
    await snapshots?.create(context(), ref, { id: 's1', name: 'first', kind: 'disk' });
    const before = await snapshots?.list(ref);
    for (const point of failpointNames.filter((name) => name.startsWith('snapshot.') || name === 'restore.begin')) {
      driver.controls.failpoint(point, { kind: 'fail' });
      await expect(
        point === 'restore.begin'
          ? snapshots?.restore(context(), ref, 's1', { keep: true, keepId: 'k' })
          : snapshots?.create(context(), ref, { id: 's2', name: 'second', kind: 'disk' }),
        point,
      ).rejects.toMatchObject({ code: 'internal' });
      driver.controls.clearFailpoints();
      expect(await snapshots?.list(ref), point).toEqual(before);
    }
  });
});

describe('groups', () => {
  it('are absent where their features are', () => {
    const poor = createFakeDriver({
      root,
      missing: ['pause', 'reset', 'exec', 'logs', 'images', 'discover', 'resize', 'resizeLive'],
    });
    const groups = ['pause', 'resume', 'reset', 'exec', 'logs', 'images', 'discover', 'update'] as const;
    expect(groups.filter((group) => group in poor)).toEqual([]);
    expect(groups.filter((group) => group in driver)).toEqual(groups);
    void poor.close();
  });
});

describe('the guest', () => {
  it('prints a flood of 200,000 lines without loss to one that reads', async () => {
    const ref = await make('a');
    await driver.start(context(), ref);
    const channel = await driver.openConsole(ref, 'serial0', { replayBytes: 0 });
    await channel.write(Buffer.from('seq 1 200000\npoweroff\n'));
    const numbers = (await read(channel.output)).split('\r\n').filter((line) => /^\d+$/.test(line));
    expect(numbers).toHaveLength(200_000);
    expect(numbers.every((line, index) => line === String(index + 1))).toBe(true);
    await expect(driver.inspect(ref)).resolves.toMatchObject({ phase: 'stopped', exitCode: 0 });
  });

  it('ends by itself when it is told to, as a crash with an exit code', async () => {
    const ref = await make('a', { exitAfterMs: 1, exitCode: 3 });
    const stop = new AbortController();
    const events = driver.events(stop.signal);
    await driver.start(context(), ref);
    for await (const event of events) {
      if (event.type === 'observed' && event.observation.phase === 'crashed') {
        expect(event.observation).toMatchObject({ exitCode: 3 });
        break;
      }
    }
    stop.abort();
  });

  it('keeps its memory only while it runs', async () => {
    const ref = await make('a');
    const run = async (command: string): Promise<string> => {
      const channel = await driver.exec?.(ref, { command: ['sh', '-c', command], tty: false });
      return channel === undefined ? '' : await read(channel.output);
    };
    await driver.start(context(), ref);
    await run('X=1; echo kept > /data/f');
    expect(await run('echo "$X"; cat /data/f')).toBe('1\nkept\n');
    await driver.stop(context(), ref, { graceMs: 0, force: true });
    await driver.start(context(), ref);
    expect(await run('echo "$X"; cat /data/f')).toBe('\nkept\n');
  });
});

it('is found again by another driver on the same directory, and a foreign workload can be adopted', async () => {
  const ref = await make('a');
  await driver.start(context(), ref);
  const foreign = driver.controls.addForeign('stranger');
  const second = createFakeDriver({ root });
  await expect(second.recover('a', ref.spec, ref.handle)).resolves.toMatchObject({ observation: { phase: 'running' } });
  const found = await second.discover?.();
  expect(found?.map((each) => [each.engineId, each.ours])).toEqual([
    ['a', true],
    [foreign, false],
  ]);
  const adopted = await second.adopt?.(foreign, 'mine');
  expect(adopted?.spec.name).toBe('stranger');
  await expect(second.recover('mine', ref.spec, adopted?.handle ?? null)).resolves.toMatchObject({
    observation: { phase: 'running' },
  });
  await second.close();
});
