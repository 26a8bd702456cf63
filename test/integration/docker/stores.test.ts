import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, NetworkGroup, VolumeGroup } from '../../../drivers/driver.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker volumes and networks'), () => {
  let daemon: TestDaemon;
  let root: string;
  let driver: Driver;
  let volumes: VolumeGroup;
  let networks: NetworkGroup;

  beforeAll(async () => {
    daemon = await startDaemon();
    root = mkdtempSync(join(tmpdir(), 'nova-stores-'));
    await importBusybox(daemon.address);
    driver = createDockerDriver({ root, env: { ...process.env, DOCKER_HOST: daemon.address } });
    volumes = driver.volumes as VolumeGroup;
    networks = driver.networks as NetworkGroup;
  }, 120_000);
  afterAll(async () => {
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });
  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', daemon.address, ...words])).stdout;

  it('makes a volume, tells its size and users, and removes it when nobody uses it', async () => {
    const made = await volumes.create(recordingContext(), { name: 'data', labels: { team: 'a' } });
    expect(made).toMatchObject({ name: 'data', kind: 'local', labels: { team: 'a' }, usedBy: [] });
    await volumes.create(recordingContext(), { name: 'data' });
    await docker(
      'run',
      '--name',
      'user',
      '-v',
      'data:/d',
      'busybox:test',
      'dd',
      'if=/dev/zero',
      'of=/d/x',
      'bs=64k',
      'count=16',
    );
    const found = (await volumes.list()).find((one) => one.name === 'data');
    expect(found?.usedBy).toEqual(['user']);
    expect(found?.sizeBytes).toBe(1024 * 1024);
    await expect(volumes.remove(recordingContext(), 'data')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('user') as string,
    });
    await docker('rm', 'user');
    await volumes.remove(recordingContext(), 'data');
    await volumes.remove(recordingContext(), 'data');
    expect((await volumes.list()).map((one) => one.name)).not.toContain('data');
    await expect(volumes.create(recordingContext(), { name: '../x' })).rejects.toMatchObject({ code: 'invalid_spec' });
  });

  it('makes a network, tells who is on it, and removes it when nobody is', async () => {
    const made = await networks.create(recordingContext(), { name: 'lan', subnet: '10.77.0.0/24', internal: true });
    expect(made).toMatchObject({
      name: 'lan',
      kind: 'bridge',
      subnets: ['10.77.0.0/24'],
      internal: true,
      builtIn: false,
    });
    await expect(networks.create(recordingContext(), { name: 'lan' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    await expect(networks.create(recordingContext(), { name: 'other', subnet: '10.77.0.0/24' })).rejects.toMatchObject({
      message: expect.stringContaining('other') as string,
    });
    await docker('create', '--name', 'host', '--network', 'lan', 'busybox:test', 'true');
    expect((await networks.list()).find((one) => one.name === 'lan')?.usedBy).toEqual(['host']);
    await expect(networks.remove(recordingContext(), 'lan')).rejects.toMatchObject({ code: 'conflict' });
    await expect(networks.remove(recordingContext(), 'bridge')).rejects.toMatchObject({ code: 'conflict' });
    await docker('rm', 'host');
    await networks.remove(recordingContext(), made.id);
    await networks.remove(recordingContext(), made.id);
    expect((await networks.list()).map((one) => one.name).sort()).toEqual(['bridge', 'host', 'none']);
  });
});
