import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { MiB } from '../../../drivers/spec.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { openDockerRig, reaches } from '../../support/docker/rig.ts';

/** The collector of this process, which is not given to programs by default. */
setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe('Docker with very many containers', () => {
  const count = 10_000;
  let folder: string;
  let server: Server;
  let address: string;
  let lists = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nova-many-'));
    const one = (at: number): unknown => ({
      Id: at.toString(16).padStart(64, '0'),
      Names: [`/many-${at}`],
      Image: 'busybox:test',
      Labels: { 'com.docker.compose.project': `shop-${at % 100}`, about: 'x'.repeat(200) },
      State: at % 2 === 0 ? 'running' : 'exited',
      Status: 'Up 2 hours',
      Mounts: [],
      Ports: [],
      NetworkSettings: { Networks: {} },
    });
    const body = JSON.stringify(Array.from({ length: count }, (_, at) => one(at)));
    server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').split('?')[0];
      if (path === '/containers/json') lists += 1;
      const answer = path === '/containers/json' ? body : path === '/events' ? null : '{"message":"not here"}';
      response.writeHead(answer === '{"message":"not here"}' ? 404 : 200, { 'Content-Type': 'application/json' });
      if (answer === null) response.flushHeaders();
      else response.end(answer);
    });
    address = join(folder, 'many.sock');
    await new Promise<void>((resolve) => {
      server.listen(address, resolve);
    });
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fault 37: 10,000 containers are listed at once, by one request, and memory stays bounded', async () => {
    const driver = createDockerDriver({ root: join(folder, 'records'), env: { DOCKER_HOST: `unix://${address}` } });
    try {
      const first = (await driver.discover?.()) ?? [];
      expect(first).toHaveLength(count);
      expect(first[9_999]).toMatchObject({ name: 'many-9999', project: 'shop-99', observation: { phase: 'stopped' } });
      expect(lists).toBe(1);
      const heap = (): number => {
        collect();
        return process.memoryUsage().heapUsed;
      };
      const before = heap();
      for (let round = 0; round < 10; round += 1) expect(await driver.discover?.()).toHaveLength(count);
      // Ten lists of some 5 MB each: what was read is not kept.
      expect(heap() - before).toBeLessThan(40 * MiB);
    } finally {
      await driver.close();
    }
  });
});

describe.skipIf(reason !== null)(title('Docker: an engine without live-restore is restarted in the middle'), () => {
  it('fault 34: in a create, a start, a stop, a snapshot and a restore: told or through, and nothing half there', {
    timeout: 300_000,
  }, async () => {
    const rig = await openDockerRig([], { checkpoints: false });
    try {
      const mounts = [{ type: 'volume', source: 'mid', target: '/data' }];
      // It ends when it is asked to: the engine waits ten seconds for one that does not.
      const command = ['sh', '-c', 'trap exit TERM; sleep 1000 & wait'];
      const ref = await rig.run({ mounts, command });
      await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=20 2>/dev/null; echo one > /data/f');
      const group = rig.driver.snapshots;
      await group?.create(rig.context(), ref, { id: 'base', name: 'base', kind: 'disk' });
      const begin: Record<string, () => Promise<unknown> | undefined> = {
        create: () => rig.make({ mounts }),
        stop: () => rig.driver.stop(rig.context(), ref, { graceMs: 5_000, force: true }),
        start: () => rig.driver.start(rig.context(), ref),
        snapshot: () => group?.create(rig.context(), ref, { id: 'cut', name: 'cut', kind: 'disk' }),
        restore: () => group?.restore(rig.context(), ref, 'base', { keep: false, keepId: '' }),
      };
      for (const [verb, work] of Object.entries(begin)) {
        const ended = Promise.resolve(work()).then(
          () => null,
          (error: unknown) => error,
        );
        // An orderly restart: it stops the containers too.
        await rig.daemon.stop('SIGTERM');
        const failure = await ended;
        if (failure !== null) expect(failure, verb).toBeInstanceOf(NovaError);
        await rig.daemon.start();
        const found = await rig.driver.recover(ref.id, ref.spec, ref.handle);
        expect(found.observation.phase, verb).toMatch(/running|stopped|crashed/);
        const now = { ...ref, handle: found.handle ?? ref.handle };
        expect(
          (await group?.list(now))?.snapshots.some((one) => one.id === 'base'),
          verb,
        ).toBe(true);
        await rig.driver.start(rig.context(), now);
        await reaches(rig, now, 'running');
        expect(await rig.shell(now, 'cat /data/f')).toBe('one');
      }
      // The create that was cut off is undone as a host does it: by its id alone.
      await rig.driver.recover('w2', ref.spec, null);
      await rig.driver.remove(rig.context(), ref);
      expect(await rig.ours()).toEqual([]);
    } finally {
      await rig.dispose();
    }
  });
});

const mountable =
  reason === null && (await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'x', '/mnt'], { reject: false }));
const noDisk =
  reason ?? (mountable !== false && mountable.exitCode === 0 ? null : 'no file system can be mounted here');
describe.skipIf(noDisk !== null)(`Docker on a full disk${noDisk === null ? '' : ` [skipped: ${noDisk}]`}`, () => {
  it('fault 22: the engine has no room for an import, a build and a snapshot: told plainly, nothing half there', async () => {
    const rig = await openDockerRig([], { checkpoints: false, dataBytes: 64 * MiB });
    const folder = mkdtempSync(join(tmpdir(), 'nova-full-'));
    try {
      const ref = await rig.run({ mounts: [{ type: 'volume', source: 'full', target: '/data' }] });
      const before = await rig.docker('images', '-aq');
      await execa('dd', ['if=/dev/urandom', `of=${join(folder, 'big')}`, 'bs=1M', 'count=80']);
      await execa('tar', ['-C', folder, '-cf', join(folder, 'big.tar'), 'big']);
      const images = rig.driver.images;
      const full = { code: 'resource_exhausted', message: expect.stringMatching(/no space left/i) as string };
      const imported = images?.import(rig.context(), join(folder, 'big.tar'), 'big:1') ?? Promise.resolve();
      await expect(imported).rejects.toMatchObject(full);
      await execa('sh', [
        '-c',
        'printf "FROM busybox:test\nRUN dd if=/dev/zero of=/big bs=1M count=80\n" > "$0"/Dockerfile',
        folder,
      ]);
      rmSync(join(folder, 'big'));
      rmSync(join(folder, 'big.tar'));
      await expect(
        images?.build?.(rig.context(), { path: folder, names: ['big:2'] }) ?? Promise.resolve(),
      ).rejects.toBeInstanceOf(NovaError);
      expect(await rig.docker('images', '-q', 'big')).toEqual([]);
      await rig.shell(ref, 'dd if=/dev/zero of=/data/big bs=1M count=40 2>/dev/null');
      const taken = rig.driver.snapshots?.create(rig.context(), ref, { id: 'full', name: 'full', kind: 'disk' });
      await expect(taken ?? Promise.resolve()).rejects.toMatchObject({ code: 'resource_exhausted' });
      expect(await rig.ours()).toHaveLength(1);
      await reaches(rig, ref, 'running');
      expect(before.length).toBeGreaterThan(0);
      await rig.driver.remove(rig.context(), ref);
      expect(await rig.ours()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await rig.dispose();
    }
  });
});
