import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, Probe } from '../../../drivers/driver.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const composeMissing = (await execa('docker-compose', ['version'], { reject: false })).exitCode !== 0;
const limit = { timeout: 60_000, interval: 200 };

describe.skipIf(reason !== null)(title('Swarm and Compose'), () => {
  let daemon: TestDaemon;
  let root: string;
  let driver: Driver;

  beforeAll(async () => {
    daemon = await startDaemon([], { checkpoints: false });
    root = mkdtempSync(join(tmpdir(), 'nova-clusters-'));
    await importBusybox(daemon.address);
    driver = createDockerDriver({
      root: join(root, 'records'),
      env: { ...process.env, DOCKER_HOST: daemon.address, DOCKER_CONFIG: join(root, 'config') },
    });
  }, 120_000);
  afterAll(async () => {
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', daemon.address, ...words])).stdout;
  const services = () => {
    if (driver.services === undefined) throw new Error('the driver has no services');
    return driver.services;
  };
  const compose = () => {
    if (driver.compose === undefined) throw new Error('the driver has no Compose');
    return driver.compose;
  };
  const probe = async (): Promise<Probe> => {
    const end = new AbortController();
    try {
      for await (const value of driver.probe(end.signal)) {
        if (value.health === 'healthy') return value;
      }
    } finally {
      end.abort();
    }
    throw new Error('the probe ended');
  };

  it('lists services and scales them, on a manager only', async () => {
    expect((await probe()).capabilities.services).toMatchObject({
      available: false,
      fixes: [{ command: 'docker swarm init' }],
    });
    await expect(services().list()).rejects.toThrow(/swarm/);
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
    try {
      expect((await probe()).capabilities.services).toEqual({ available: true });
      await docker('service', 'create', '--detach', '--name', 'web', 'busybox:test', 'sleep', '1000');
      const found = (await services().list())[0];
      expect(found).toMatchObject({ name: 'web', image: 'busybox:test', mode: 'replicated', desired: 1 });
      const id = found?.id ?? '';
      const running = async () => (await services().list())[0]?.running;
      await services().scale(recordingContext(), id, 3);
      expect(await running()).toBe(3);
      const tasks = (await services().tasks?.(id)) ?? [];
      expect(tasks.map((task) => [task.slot, task.state, task.wanted])).toEqual(
        [1, 2, 3].map((slot) => [slot, 'running', 'running']),
      );
      expect(tasks[0]).toMatchObject({
        image: 'busybox:test',
        node: hostname(),
        containerId: expect.any(String) as string,
      });
      // They belong to the swarm: nobody is offered to adopt them.
      expect(await driver.discover?.()).toEqual([]);
      await expect(services().tasks?.('nobody') ?? Promise.resolve()).rejects.toMatchObject({ code: 'not_found' });
      await services().scale(recordingContext(), id, 3);
      // Another one whose name begins so is not meant.
      await docker('service', 'create', '--detach', '--name', 'web-admin', 'busybox:test', 'sleep', '1000');
      await services().scale(recordingContext(), 'web', 1);
      await docker('service', 'rm', 'web-admin');
      await expect.poll(async () => (await services().list()).length, limit).toBe(1);
      expect(await running()).toBe(1);

      // One whose tasks fail again and again, and one whose program is not there.
      const once = ['service', 'create', '--detach', '--restart-delay', '1s', '--name'];
      await docker(...once, 'breaks', 'busybox:test', 'sh', '-c', 'exit 1');
      await docker(...once, 'nothing', 'busybox:test', 'no-such-program');
      const errors = async (name: string) =>
        ((await services().tasks?.(name)) ?? []).flatMap((task) => (task.error === undefined ? [] : [task]));
      await expect.poll(async () => (await errors('breaks')).length, limit).toBeGreaterThan(1);
      expect((await errors('breaks'))[0]).toMatchObject({ slot: 1, state: 'failed', error: 'task: non-zero exit (1)' });
      await expect.poll(async () => (await errors('nothing'))[0]?.error, limit).toMatch(/no-such-program/);
      await docker('service', 'rm', 'breaks', 'nothing');

      const cancel = new AbortController();
      const context = { ...recordingContext(), signal: cancel.signal, progress: () => cancel.abort() };
      await expect(services().scale(context, id, 40)).rejects.toMatchObject({ code: 'cancelled' });
      await expect.poll(async () => (await services().list())[0]?.desired, limit).toBe(1);
      await expect(services().scale(recordingContext(), 'nobody', 2)).rejects.toMatchObject({ code: 'not_found' });
    } finally {
      await docker('swarm', 'leave', '--force');
    }
  });

  it('a scale whose tasks never run ends soon with their own error, and stays asked for', {
    timeout: 180_000,
  }, async () => {
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
    try {
      const quiet = ['--detach', '--no-resolve-image', '--restart-delay', '1s', '--replicas', '0'];
      const make = (name: string, image: string, ...words: string[]) =>
        docker('service', 'create', ...quiet, '--name', name, ...words, image, 'sleep', '1000');
      await make('missing', 'localhost:1/none:1');
      await make('hungry', 'busybox:test', '--reserve-memory', '1000g');
      await make('taken', 'busybox:test', '--publish', 'mode=host,published=18999,target=80');
      const failure = (name: string) =>
        services()
          .scale(recordingContext(), name, 2)
          .then(
            () => null,
            (error: unknown) => error,
          );
      const all = await Promise.all(['missing', 'hungry', 'taken'].map(failure));
      const told = (code: string, text: RegExp) => ({
        code,
        retryable: true,
        message: expect.stringMatching(text) as string,
        details: { fixes: expect.arrayContaining(['Scale it back to 0 to give them up.']) as string[] },
      });
      expect(all).toMatchObject([
        told(
          'not_found',
          /^Scaling missing: 0 of 2 tasks run, .*No such image: localhost:1\/none:1 \(task 1, 2\)\. 2 stay asked for/,
        ),
        told('resource_exhausted', /^Scaling hungry: 0 of 2 tasks run, .*insufficient resources/),
        told('conflict', /^Scaling taken: 1 of 2 tasks run, .*port already in use/),
      ]);
      await docker(
        'service',
        'create',
        '--detach',
        '--mode',
        'global',
        '--constraint',
        'node.labels.disk==ssd',
        '--name',
        'nowhere',
        'busybox:test',
      );
      const listed = await services().list();
      expect(listed.map(({ name, desired }) => `${name} ${desired}`).toSorted()).toEqual([
        'hungry 2',
        'missing 2',
        'nowhere 0',
        'taken 2',
      ]);
      expect(listed.find((one) => one.name === 'nowhere')?.problem).toContain('node.labels.disk==ssd');
      await services().scale(recordingContext(), 'taken', 1);
    } finally {
      await docker('swarm', 'leave', '--force');
    }
  });

  it.skipIf(composeMissing)(
    `brings a Compose file up; what came up is found and adopted${composeMissing ? ' [skipped: docker-compose is not installed]' : ''}`,
    async () => {
      expect((await probe()).capabilities.compose).toMatchObject({ available: true });
      const folder = join(root, 'My Shop');
      mkdirSync(folder);
      const file = join(folder, 'a compose file.yaml');
      writeFileSync(
        file,
        'version: "3"\nservices:\n  web: { image: "busybox:test", command: "sleep 1000", stop_grace_period: 1s }\n  db: { image: "busybox:test", command: "sleep 1000", stop_grace_period: 1s }\n',
      );
      const context = recordingContext();
      expect(await compose().up(context, { file })).toEqual({ project: 'myshop' });
      // Again: nothing changes.
      expect(await compose().up(recordingContext(), { file })).toEqual({ project: 'myshop' });
      const foreign = (await driver.discover?.()) ?? [];
      // The older program joins with an underscore, the plugin with a dash.
      expect(foreign.map((one) => one.name.replaceAll('-', '_')).toSorted()).toEqual(['myshop_db_1', 'myshop_web_1']);
      const web = foreign.find((one) => /web/.test(one.name));
      const adopted = await driver.adopt?.(web?.engineId ?? '', 'adopted-1');
      expect(adopted?.spec.labels['com.docker.compose.project']).toBe('myshop');
      // Bringing it up once more leaves an adopted container alone.
      await compose().up(recordingContext(), { file });
      const ref = { id: 'adopted-1', ...adopted! };
      expect((await driver.inspect({ ...ref, name: ref.spec.name })).phase).toBe('running');

      writeFileSync(file, 'services: [this is no map]\n');
      await expect(compose().up(recordingContext(), { file })).rejects.toMatchObject({ code: 'invalid_spec' });
      await expect(compose().up(recordingContext(), { file: join(folder, 'none.yaml') })).rejects.toThrow(
        /can't be read/,
      );
    },
  );

  const shop = (folder: string): string => {
    mkdirSync(folder);
    const file = join(folder, 'compose.yaml');
    const service = 'image: "busybox:test", command: "sleep 1000", stop_grace_period: 1s, volumes: ["files:/data"]';
    writeFileSync(
      file,
      `version: "3"\nservices:\n  web: { ${service} }\n  db: { ${service} }\nvolumes: { files: {} }\n`,
    );
    return file;
  };

  it.skipIf(composeMissing).each([
    ['with its file', true],
    ['whose file is gone', false],
  ])(
    `takes a project down %s; what is in our care is not touched${composeMissing ? ' [skipped: docker-compose is not installed]' : ''}`,
    async (_title, kept) => {
      const folder = join(root, `down-${kept}`);
      const file = shop(folder);
      const project = `down-${kept}`;
      await compose().up(recordingContext(), { file });
      const parts = await compose().parts?.(project);
      expect(parts).toMatchObject({ files: [file], networks: [`${project}_default`], volumes: [`${project}_files`] });
      expect(parts?.containers.map((one) => one.name.replaceAll('-', '_'))).toHaveLength(2);
      const { engineId = '' } = parts?.containers[0] ?? {};
      const id = `ours-${kept}`;
      const adopted = await driver.adopt?.(engineId, id);
      expect((await compose().parts?.(project))?.containers.find((one) => one.engineId === engineId)?.workloadId).toBe(
        id,
      );
      const down = (volumes: boolean) =>
        compose().down?.(recordingContext(), { project, volumes }) ?? Promise.resolve();
      await expect(down(false)).rejects.toMatchObject({ code: 'conflict' });
      expect((await compose().parts?.(project))?.containers).toHaveLength(2);
      if (!kept) rmSync(file);
      await driver.remove(recordingContext(), { id, ...adopted!, name: adopted!.spec.name });
      await down(false);
      const left = await compose().parts?.(project);
      expect(left).toEqual({ files: [], containers: [], networks: [], volumes: [`${project}_files`] });
      await down(true);
      expect((await compose().parts?.(project))?.volumes).toEqual([]);
      // Again, with nothing there: success.
      await down(true);
    },
  );
});
