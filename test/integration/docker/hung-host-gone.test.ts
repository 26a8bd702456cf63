import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { engineLimits } from '../../../drivers/docker/engine/limits.ts';
import type { Driver, SnapshotGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { openLateEngine } from '../../support/docker/hanging-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
/** Longest wait for what the driver does by itself, on a busy machine, milliseconds. */
const limitMs = 60_000;
/** How long the first host waits for the engine, milliseconds. */
const patienceMs = 500;

describe.skipIf(reason !== null)(title('Docker: what a hung engine makes after the host has ended'), () => {
  let rig: DockerRig;
  let root: string;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nova-gone-'));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await rig.clean();
    rmSync(root, { recursive: true, force: true });
  });

  const host = (address = rig.daemon.address, limits = engineLimits): Driver => {
    const driver = createDockerDriver({ root, env: { DOCKER_HOST: address }, limits });
    open.push(driver);
    return driver;
  };
  /** As a host does it that has started. */
  const look = async (driver: Driver): Promise<void> => {
    for await (const probe of driver.probe(AbortSignal.timeout(limitMs))) if (probe.health === 'healthy') return;
  };
  /** A host asks for something that the engine does late, and ends meanwhile: `killed` has no time to note anything. */
  const dying = async (
    [method, path]: [string, RegExp],
    killed: string | null,
    work: (driver: Driver) => Promise<unknown> | undefined,
  ): Promise<() => void> => {
    const late = await openLateEngine(rig.daemon.address, method, path);
    const limits = { requestMs: patienceMs, longMs: patienceMs, stopMarginMs: patienceMs, stallMs: patienceMs };
    const driver = host(late.address, limits);
    const working = Promise.resolve(work(driver)).catch((error: unknown) => error);
    await late.come;
    await driver.close();
    expect(await working).toMatchObject({ code: 'timeout' });
    if (killed !== null) rmSync(join(root, `${killed}.undo`), { force: true });
    open.push(late);
    return () => late.release();
  };
  const specOf = (name: string) =>
    host().resolve(
      workloadSpecSchema.parse({
        name,
        driver: 'docker',
        settings: {
          image: rig.image,
          command: ['sleep', '1000'],
          mounts: [{ type: 'volume', source: `${name}-data`, target: '/data' }],
        },
      }),
    );
  const running = async (id: string): Promise<WorkloadRef> => {
    const [driver, spec] = [host(), await specOf(id)];
    const ref = { id, name: id, spec, handle: await driver.create(rig.context(), id, spec) };
    await driver.start(rig.context(), ref);
    await driver.close();
    return ref;
  };
  const comesTo = (id: string, left: RegExp[]): Promise<void> =>
    expect
      .poll(() => rig.ours(id), { timeout: limitMs, interval: 200 })
      .toEqual(left.map((one) => expect.stringMatching(one) as string));

  it('fault 35: a container whose making was told as failed: the next host removes it', async () => {
    const spec = await specOf('late');
    const release = await dying(['POST', /\/containers\/create/], null, (driver) =>
      driver.create(rig.context(), 'late', spec),
    );
    release();
    await comesTo('late', [/^container/]);
    await look(host());
    await comesTo('late', []);
  });

  it('fault 35: a container of a host that was killed while it was made: it comes after the next one has looked, and is removed', async () => {
    const spec = await specOf('killed');
    const release = await dying(['POST', /\/containers\/create/], 'killed', (driver) =>
      driver.create(rig.context(), 'killed', spec),
    );
    const second = host();
    expect((await second.recover('killed', spec, null)).observation.phase).toBe('lost');
    release();
    await comesTo('killed', [/^container/]);
    await comesTo('killed', []);
    // And where that one ends before it has looked again, the one after it does.
    const other = await specOf('killed2');
    const releaseOther = await dying(['POST', /\/containers\/create/], 'killed2', (driver) =>
      driver.create(rig.context(), 'killed2', other),
    );
    const third = host();
    await third.recover('killed2', other, null);
    await third.close();
    releaseOther();
    await comesTo('killed2', [/^container/]);
    await look(host());
    await comesTo('killed2', []);
  });

  it.each([
    ['the image of its files', 'POST', /\/commit/],
    ['the volume for a copy', 'POST', /\/volumes\/create/],
    ['what serves a copy', 'POST', /\/containers\/create/],
  ])('fault 35: of a snapshot %s: it is removed, and the container runs on', async (_what, method, path) => {
    const ref = await running('snapped');
    const release = await dying([method, path], 'snapped', (driver) =>
      (driver.snapshots as SnapshotGroup).create(rig.context(), ref, { id: 'cut', name: 'cut', kind: 'disk' }),
    );
    const second = host();
    expect((await second.recover(ref.id, ref.spec, ref.handle)).observation.phase).toBe('running');
    await comesTo(ref.id, [/^container/]);
    await second.close();
    release();
    await expect.poll(async () => (await rig.ours(ref.id)).length, { timeout: limitMs }).toBeGreaterThan(1);
    const third = host();
    await look(third);
    await comesTo(ref.id, [/^container/]);
    expect(await rig.docker('volume', 'ls', '-q')).toEqual(['snapped-data']);
    await third.remove(rig.context(), ref);
    expect(await rig.ours(ref.id)).toEqual([]);
  });
});
