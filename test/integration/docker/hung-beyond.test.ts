import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, SnapshotGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type HangingEngine, openHangingEngine } from '../../support/docker/hanging-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
/** Longest wait for what the driver does by itself, on a busy machine, milliseconds. */
const limitMs = 60_000;

describe.skipIf(reason !== null)(title('Docker: an engine that hangs for longer than it is waited for'), () => {
  let rig: DockerRig;
  let engine: HangingEngine;
  let root: string;
  let driver: Driver;
  let snapshots: SnapshotGroup;
  let count = 0;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());
  beforeEach(async () => {
    engine = await openHangingEngine(rig.daemon);
    root = mkdtempSync(join(tmpdir(), 'nova-hung-'));
    driver = createDockerDriver({ root, env: { DOCKER_HOST: engine.address }, limits: engine.limits });
    snapshots = driver.snapshots as SnapshotGroup;
  });
  afterEach(async () => {
    await driver.close();
    await engine.close();
    await rig.clean();
    rmSync(root, { recursive: true, force: true });
  });

  const specOf = (name: string, settings: Record<string, unknown> = {}) =>
    driver.resolve(
      workloadSpecSchema.parse({
        name,
        driver: 'docker',
        settings: {
          image: rig.image,
          command: ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'],
          mounts: [{ type: 'volume', source: `${name}-data`, target: '/data' }],
          ...settings,
        },
      }),
    );
  const make = async (started = true): Promise<WorkloadRef> => {
    count += 1;
    const [id, name] = [`h${count}`, `hung${count}`];
    const spec = await specOf(name);
    const ref = { id, name, spec, handle: await driver.create(rig.context(), id, spec) };
    if (started) await driver.start(rig.context(), ref);
    return ref;
  };
  const phase = async (ref: WorkloadRef): Promise<string> => (await driver.inspect(ref)).phase;
  const shell = async (ref: WorkloadRef, line: string): Promise<string> =>
    (await rig.docker('exec', ref.name, 'sh', '-c', line)).join('\n');
  /** The first try meets the engine that hangs; it is told as that, with what to do. */
  const told = async (method: string, path: RegExp, work: () => Promise<unknown> | undefined): Promise<void> => {
    expect(await engine.hung(method, path, work)).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('did not answer in time') as string,
      details: { fixes: expect.arrayContaining([expect.any(String)]) as string[] },
    });
  };
  /** What the driver leaves of an id, once it is as many. */
  const comesTo = (id: string, left: RegExp[]): Promise<void> =>
    expect
      .poll(() => rig.ours(id), { timeout: limitMs, interval: 200 })
      .toEqual(left.map((one) => expect.stringMatching(one) as string));
  const removed = async (ref: WorkloadRef): Promise<void> => {
    await driver.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  };

  it('fault 35: in a create: what the engine makes late is removed, and the name is free for the next', async () => {
    const spec = await specOf('late');
    await told('POST', /\/containers\/create/, () => driver.create(rig.context(), 'late', spec));
    // As a host does it: another id, the same name, at once.
    const handle = await driver.create(rig.context(), 'later', spec);
    await driver.start(rig.context(), { id: 'later', name: 'late', spec, handle });
    await comesTo('late', []);
    await removed({ id: 'later', name: 'late', spec, handle });
  });

  it('fault 35: in a start, a pause, a resume, a live resize, a rename, a stop and a removal: a second try does it', async () => {
    const ref = await make(false);
    const { id } = ref;
    const start = () => driver.start(rig.context(), ref);
    await told('POST', /\/start$/, start);
    await start();
    expect(await phase(ref)).toBe('running');
    const pause = () => driver.pause?.(rig.context(), ref);
    await told('POST', /\/pause$/, pause);
    await pause();
    expect(await phase(ref)).toBe('paused');
    const resume = () => driver.resume?.(rig.context(), ref);
    await told('POST', /\/unpause$/, resume);
    await resume();
    expect(await phase(ref)).toBe('running');
    const more = { ...ref.spec, resources: { memoryBytes: 64 * 1024 ** 2 } };
    const resize = () => driver.update?.(rig.context(), ref, more);
    await told('POST', /\/update$/, resize);
    expect((await resize())?.confirmed.memoryBytes).toBe(64 * 1024 ** 2);
    const rename = () => driver.rename?.({ ...ref, spec: more }, 'hung-other');
    await told('POST', /\/rename/, rename);
    await rename();
    const named = { ...ref, name: 'hung-other', spec: { ...more, name: 'hung-other' } };
    expect(await rig.docker('ps', '--format', '{{.Names}}')).toEqual(['hung-other']);
    const stop = () => driver.stop(rig.context(), named, { graceMs: 500, force: true });
    await told('POST', /\/stop/, stop);
    await stop();
    expect(await phase(named)).toBe('stopped');
    await told('DELETE', /\/containers\//, () => driver.remove(rig.context(), named));
    await driver.remove(rig.context(), named);
    await comesTo(id, []);
  });

  it.each([
    ['its layer is kept', 'POST', /\/commit/],
    ['the new one is made', 'POST', /\/containers\/create/],
  ])('fault 35: in a change that makes it anew, when %s: the next try ends it', async (_when, method, path) => {
    const ref = await make();
    await shell(ref, 'echo one > /data/f; echo one > /f');
    const to = { ...ref.spec, settings: { ...ref.spec.settings, hostname: 'changed' } };
    const change = () => driver.update?.(rig.context(), ref, to);
    await told(method, path, change);
    const handle = (await change())?.handle ?? ref.handle;
    expect(await shell(ref, 'hostname; cat /data/f /f')).toBe('changed\none\none');
    // The new one, the one before and the image of its files.
    await comesTo(ref.id, [/^container/, /^container/, /^image/]);
    await removed({ ...ref, spec: to, handle });
  });

  it.each([
    ['it is frozen', 'POST', /\/pause$/],
    ['its files are kept', 'POST', /\/commit/],
  ])(
    'fault 35: in a snapshot, when %s: it is undone by itself, and the next one works',
    async (_when, method, path) => {
      const ref = await make();
      await shell(ref, 'echo one > /data/f');
      const take = (id: string) => () => snapshots.create(rig.context(), ref, { id, name: id, kind: 'disk' });
      await told(method, path, take('cut'));
      await comesTo(ref.id, [/^container/]);
      expect(await phase(ref)).toBe('running');
      await take('whole')();
      expect((await snapshots.list(ref)).snapshots.map((one) => one.id)).toEqual(['whole']);
      const drop = () => snapshots.remove(rig.context(), ref, 'whole');
      await told('DELETE', /\/images\//, drop);
      await drop();
      await comesTo(ref.id, [/^container/]);
      await removed(ref);
    },
  );

  it.each([
    ['the old one is removed', 'DELETE', /\/containers\/[0-9a-f]{64}\?/],
    ['the new one is made', 'POST', /\/containers\/create\?name/],
  ])('fault 35: in going back to a snapshot, when %s: the next try does it', async (_when, method, path) => {
    let ref = await make();
    await shell(ref, 'echo one > /data/f; echo one > /f');
    await snapshots.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
    await shell(ref, 'echo two > /data/f; echo two > /f');
    const back = () => snapshots.restore(rig.context(), ref, 'base', { keep: false, keepId: '' });
    await told(method, path, back);
    const done = await back();
    ref = { ...ref, handle: done.handle };
    await driver.start(rig.context(), ref);
    expect(await shell(ref, 'cat /data/f /f')).toBe('one\none');
    await comesTo(ref.id, [/^container/, /^image/, /^volume/]);
    await removed(ref);
  });

  it.each([['its container is made', 'POST', /\/containers\/create\?name/]])(
    'fault 35: in a clone, when %s: nothing of it is left, and the next one works',
    async (_when, method, path) => {
      const ref = await make();
      await shell(ref, 'echo one > /data/f; echo one > /f');
      await snapshots.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
      const clone = (id: string) => {
        const spec = { ...ref.spec, name: `${ref.name}-too` };
        return snapshots.clone(rig.context(), ref, 'base', { id, spec }, { linked: false });
      };
      await told(method, path, () => clone(`${ref.id}cut`));
      const handle = await clone(`${ref.id}whole`);
      const copy = { ...ref, id: `${ref.id}whole`, name: `${ref.name}-too`, handle };
      await driver.start(rig.context(), copy);
      expect(await shell(copy, 'cat /data/f /f')).toBe('one\none');
      await comesTo(`${ref.id}cut`, []);
      await removed(copy);
      await removed(ref);
    },
  );
});
