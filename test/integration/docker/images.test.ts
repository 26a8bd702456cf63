import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { engineLimits } from '../../../drivers/docker/engine/limits.ts';
import type { Driver, OperationContext } from '../../../drivers/driver.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const registryMissing = (await execa('docker-registry', ['--version'], { reject: false })).exitCode !== 0;
const registryPort = 5000;

describe.skipIf(reason !== null)(title('Docker images'), () => {
  let daemon: TestDaemon;
  let root: string;
  let driver: Driver;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    // The engine would try a download that breaks off five times, with longer and longer waits.
    daemon = await startDaemon(['--max-download-attempts=1']);
    root = mkdtempSync(join(tmpdir(), 'nova-images-'));
    await importBusybox(daemon.address);
    driver = createDockerDriver({ root, env: { DOCKER_HOST: daemon.address, DOCKER_CONFIG: join(root, 'none') } });
  }, 120_000);
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const context = (
    signal = new AbortController().signal,
    progress: (fraction: number | null) => void = () => undefined,
  ): OperationContext => ({
    signal,
    progress,
    log: () => undefined,
    saveHandle: () => undefined,
  });
  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', daemon.address, ...words])).stdout;
  const names = async (): Promise<string[]> => ((await driver.images?.list()) ?? []).flatMap((image) => image.names);
  const evil = async (mode: string): Promise<string> => {
    const child = daemon.run([
      process.execPath,
      resolve(import.meta.dirname, '../../support/docker/evil-registry.ts'),
      mode,
    ]);
    children.push(child);
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return `localhost:${line.toString().trim()}/evil:1`;
  };

  it.skipIf(registryMissing)(
    registryMissing
      ? 'pulls from a registry [skipped: docker-registry is not installed]'
      : 'pulls from a registry, tells who uses an image, and removes it',
    async () => {
      const config = join(root, 'registry.yml');
      mkdirSync(join(root, 'registry'));
      writeFileSync(
        config,
        `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${join(root, 'registry')}\nhttp:\n  addr: 127.0.0.1:${registryPort}\n`,
      );
      const registry = daemon.run(['docker-registry', 'serve', config]);
      registry.stdout?.resume();
      children.push(registry);
      const name = `localhost:${registryPort}/box:1`;
      await docker('tag', 'busybox:test', name);
      await expect
        .poll(async () => (await execa('docker', ['-H', daemon.address, 'push', name], { reject: false })).exitCode, {
          timeout: 60_000,
          interval: 500,
        })
        .toBe(0);
      await docker('rmi', name);
      expect(await names()).not.toContain(name);
      const image = await driver.images?.pull(context(), name);
      expect(image?.names).toContain(name);
      await docker('create', '--name', 'user', name, 'true');
      expect((await driver.images?.list())?.find((one) => one.names.includes(name))?.usedBy).toEqual(['user']);
      await expect(driver.images?.remove(context(), String(image?.id))).rejects.toMatchObject({ code: 'conflict' });
      await docker('rm', 'user');
      await driver.images?.remove(context(), name);
      expect(await names()).not.toContain(name);
      await expect(driver.images?.pull(context(), `localhost:${registryPort}/nothing:1`)).rejects.toMatchObject({
        code: 'not_found',
      });
    },
  );

  it.each([
    ['digest', /digest|verif/i],
    ['refuse', /no basic auth|unauthorized|denied/i],
    ['cut', /EOF|reset|206/],
  ])(
    'fault 40: nothing is left of a pull from a registry that lies, refuses or breaks off: %s',
    async (mode, words) => {
      const before = await docker('images', '-aq');
      const name = await evil(mode);
      await expect(driver.images?.pull(context(), name)).rejects.toMatchObject({
        message: expect.stringMatching(words) as string,
      });
      expect(await names()).not.toContain(name);
      expect(await docker('images', '-aq')).toBe(before);
    },
  );

  it('fault 40: a pull that is cancelled while the registry stalls leaves nothing', async () => {
    const name = await evil('stall');
    const abort = new AbortController();
    const pulling = driver.images?.pull(context(abort.signal), name);
    setTimeout(() => abort.abort(), 1000);
    await expect(pulling).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('cancelled') as string,
    });
    expect(await names()).not.toContain(name);
  });

  it.each(['stall-once', 'silent-once'])(
    'fault 40: a pull is given up with a word that names the registry: %s; the next one works',
    async (mode) => {
      const name = await evil(mode);
      const other = createDockerDriver({
        root: join(root, 'stall'),
        env: { DOCKER_HOST: daemon.address, DOCKER_CONFIG: join(root, 'none') },
        limits: { ...engineLimits, stallMs: 2_000 },
      });
      try {
        await expect(other.images?.pull(context(), name)).rejects.toMatchObject({
          code: 'timeout',
          retryable: true,
          message: expect.stringContaining(`nothing came from ${name.split('/')[0]}`) as string,
        });
        expect(await names()).not.toContain(name);
        expect((await other.images?.pull(context(), name))?.names).toContain(name);
        await driver.images?.remove(context(), name);
      } finally {
        await other.close();
      }
    },
  );

  it('fault 41: a socket that may not be used is told with the way to use it', async () => {
    const nobody = 65_534;
    // The same socket by another name: a connection that is open already would need no permission.
    const address = daemon.address.replace('/docker.sock', '/./docker.sock');
    const other = createDockerDriver({ root: join(root, 'nobody'), env: { DOCKER_HOST: address } });
    const groups = process.getgroups?.() ?? [];
    process.setgroups?.([]);
    process.setegid?.(nobody);
    process.seteuid?.(nobody);
    try {
      for await (const probe of other.probe(new AbortController().signal)) {
        expect(probe.health).toBe('unhealthy');
        expect(probe.summary).toContain('may not use');
        expect(probe.fixes.map((fix) => fix.text).join(' ')).toContain('docker');
        break;
      }
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
      process.setgroups?.(groups);
      await other.close();
    }
  });
});
