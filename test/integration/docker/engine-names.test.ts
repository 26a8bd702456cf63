import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerEndpoints } from '../../../drivers/docker/endpoints/driver.ts';
import type { Driver, Probe, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { addContext } from '../../support/docker/context.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { type EngineProxy, openEngineProxy } from '../../support/docker/lossy-engine.ts';
import { recordingContext } from '../../support/operation.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const limitMs = 60_000;
const composeMissing = (await execa('docker-compose', ['version'], { reject: false })).exitCode !== 0;

/** `default` and `twin` are the one engine, `far` is the other one. */
describe.skipIf(reason !== null)(title('Several Docker engines, one of them by two names'), () => {
  let near: TestDaemon;
  let far: TestDaemon;
  let twin: EngineProxy;
  let root: string;
  let driver: Driver;
  let reading: Promise<void>;
  let end: AbortController;
  beforeAll(async () => {
    [near, far] = [await startDaemon([], { checkpoints: false }), await startDaemon([], { checkpoints: false })];
    for (const { address } of [near, far]) await importBusybox(address);
    // Another way to the same engine, which only its answers tell.
    twin = await openEngineProxy(near.address, () => false);
  }, 180_000);
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'nova-names-'));
    const config = join(root, 'config');
    addContext(config, 'far', far.address);
    addContext(config, 'twin', twin.address);
    driver = createDockerEndpoints({
      root: join(root, 'records'),
      env: { PATH: process.env['PATH'], DOCKER_HOST: near.address, DOCKER_CONFIG: config },
    });
    end = new AbortController();
    const probes: Probe[] = [];
    reading = (async () => {
      for await (const probe of driver.probe(end.signal)) probes.push(probe);
    })();
    // Known by its probe; a host goes on reading it.
    const health = () =>
      (probes.at(-1)?.endpoints ?? []).filter((one) => one.health === 'healthy').map((one) => one.name);
    await expect.poll(health, { timeout: limitMs }).toEqual(expect.arrayContaining(['default', 'far', 'twin']));
    expect(probes.at(-1)?.endpoints?.find((one) => one.name === 'twin')?.sameAs).toBe('default');
  }, limitMs);
  afterEach(async () => {
    end.abort();
    await reading;
    await driver.close();
    for (const { address } of [near, far]) {
      const left = await on(address, 'ps', '-aq');
      if (left !== '') await on(address, 'rm', '-f', '-v', ...left.split('\n'));
      const volumes = await on(address, 'volume', 'ls', '-q');
      if (volumes !== '') await on(address, 'volume', 'rm', '-f', ...volumes.split('\n'));
    }
    rmSync(root, { recursive: true, force: true });
  });
  afterAll(async () => {
    await twin?.close();
    await near?.dispose();
    await far?.dispose();
  });

  const on = async (address: string, ...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', address, ...words])).stdout;
  const make = async (id: string, settings: Record<string, unknown>): Promise<WorkloadRef> => {
    const spec = await driver.resolve(
      workloadSpecSchema.parse({
        name: id,
        driver: 'docker',
        settings: { image: 'busybox:test', command: ['sleep', '1000'], ...settings },
      }),
    );
    return { id, name: id, spec, handle: await driver.create(recordingContext(), id, spec) };
  };
  /** The machine's own engine, where it has one, is none of the test's. */
  const here = <T extends { endpoint?: string }>(all: T[] | undefined): T[] =>
    (all ?? []).filter((one) => one.endpoint !== 'local');

  it('lists each thing once with its engine, and no workload of ours as made by others', {
    timeout: 2 * limitMs,
  }, async () => {
    const mounts = [{ type: 'volume', source: 'data', target: '/data' }];
    const twinOne = await make('by-twin', { endpoint: 'twin', mounts });
    await make('by-default', {});
    await make('in-far', { endpoint: 'far' });
    for (const address of [near.address, far.address])
      await on(address, 'run', '-d', '--name', 'stranger', 'busybox:test', 'sleep', '1000');
    expect(here(await driver.discover?.()).map((one) => [one.name, one.endpoint])).toEqual([
      ['stranger', undefined],
      ['stranger', 'far'],
    ]);
    const images = here(await driver.images?.list()).filter((one) => one.names.includes('busybox:test'));
    expect(images.map((one) => one.endpoint)).toEqual([undefined, 'far']);
    expect(images[0]?.usedBy.toSorted()).toEqual(['by-default', 'by-twin', 'stranger']);
    expect(here(await driver.volumes?.list()).map((one) => [one.name, one.endpoint])).toEqual([['data', undefined]]);
    const bridges = here(await driver.networks?.list()).filter((one) => one.name === 'bridge');
    expect(bridges.map((one) => one.endpoint)).toEqual([undefined, 'far']);

    // A snapshot that goes by the second name holds its image and its volume also against a removal by the first one.
    await driver.snapshots?.create(recordingContext(), twinOne, { id: 's1', name: 'base', kind: 'disk' });
    const held = here(await driver.images?.list()).find((one) =>
      one.usedBy.some((user) => user.includes('snapshot base')),
    );
    expect(held).toMatchObject({ id: expect.any(String) as string });
    for (const options of [{}, { endpoint: 'default' }]) {
      await expect(driver.images?.remove(recordingContext(), held?.id ?? '', options)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('snapshot base of by-twin') as string,
      });
    }
    const copy = here(await driver.volumes?.list()).find((one) => one.name !== 'data');
    await expect(driver.volumes?.remove(recordingContext(), copy?.name ?? '')).rejects.toMatchObject({
      code: 'conflict',
    });
    await driver.remove(recordingContext(), twinOne);
  });

  it('changes what only one of them has, and asks which where several have it', { timeout: 2 * limitMs }, async () => {
    const { images, volumes, networks } = driver;
    await on(far.address, 'volume', 'create', 'only-far');
    await volumes?.remove(recordingContext(), 'only-far');
    expect(await on(far.address, 'volume', 'ls', '-q')).toBe('');
    for (const { address } of [near, far]) {
      await on(address, 'volume', 'create', 'both');
      await on(address, 'network', 'create', 'both');
    }
    const which = {
      code: 'conflict',
      message: expect.stringMatching(/ is in several Docker engines: default, far\. Say which is meant\.$/) as string,
      details: { field: 'endpoint', endpoints: ['default', 'far'] },
    };
    await expect(volumes?.remove(recordingContext(), 'both')).rejects.toMatchObject(which);
    await expect(networks?.remove(recordingContext(), 'both')).rejects.toMatchObject(which);
    await expect(images?.tag?.('busybox:test', 'mine:1')).rejects.toMatchObject(which);
    await expect(images?.history?.('busybox:test')).rejects.toMatchObject(which);
    await expect(
      images?.save?.(recordingContext(), ['busybox:test'], join(root, 'saved.tar')) ?? Promise.resolve(),
    ).rejects.toMatchObject(which);
    for (const endpoint of ['default', 'far']) {
      await volumes?.remove(recordingContext(), 'both', { endpoint });
      await networks?.remove(recordingContext(), 'both', { endpoint });
    }
    // One that is nowhere is gone already, as with one engine.
    await volumes?.remove(recordingContext(), 'nowhere');

    await on(far.address, 'tag', 'busybox:test', 'far-only:1');
    expect(await images?.history?.('far-only:1')).not.toEqual([]);
    expect(await images?.tag?.('far-only:1', 'far-only:2')).toMatchObject({ endpoint: 'far' });
    for (const tag of ['1', '2']) await images?.remove(recordingContext(), `far-only:${tag}`);
    expect(await on(far.address, 'images', '-q', 'far-only')).toBe('');
    // What is made goes where new containers go.
    expect(await volumes?.create(recordingContext(), { name: 'made' })).not.toHaveProperty('endpoint');
    expect(await on(near.address, 'volume', 'ls', '-q')).toBe('made');
  });

  it.skipIf(composeMissing)(
    `finds a Compose project where it is${composeMissing ? ' [skipped: docker-compose is not installed]' : ''}`,
    { timeout: 3 * limitMs },
    async () => {
      const folder = join(root, 'shop');
      mkdirSync(folder);
      const file = join(folder, 'compose.yaml');
      writeFileSync(
        file,
        'version: "3"\nservices:\n  web: { image: "busybox:test", command: "sleep 1000", stop_grace_period: 1s }\n',
      );
      await driver.compose?.up(recordingContext(), { file, endpoint: 'far' });
      expect(await driver.compose?.parts?.('shop')).toMatchObject({ files: [file], endpoint: 'far' });
      await driver.compose?.down?.(recordingContext(), { project: 'shop', volumes: false });
      expect(await on(far.address, 'ps', '-aq')).toBe('');
    },
  );
});
