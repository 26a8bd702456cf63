import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, WorkloadRef } from '../../../drivers/driver.ts';
import { MiB, type WorkloadSpecInput, workloadSpecSchema } from '../../../drivers/spec.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const why = await whyNoDocker();
/** Long enough for a busy machine. */
const limit = { timeout: 60_000, interval: 200 };

describe.skipIf(why !== null)(`what the Docker engine can${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'nova-features-'));
  let daemon: TestDaemon;
  let driver: Driver;
  let image: string;
  const docker = async (...words: string[]) => (await execa('docker', ['-H', daemon.address, ...words])).stdout;
  const make = async (id: string, spec: Omit<WorkloadSpecInput, 'driver' | 'name'>): Promise<WorkloadRef> => {
    const asked = await driver.resolve(workloadSpecSchema.parse({ ...spec, name: id, driver: 'docker' }));
    const handle = await driver.create(recordingContext(), id, asked);
    return { id, name: id, spec: asked, handle };
  };

  beforeAll(async () => {
    daemon = await startDaemon();
    image = await importBusybox(daemon.address);
    driver = createDockerDriver({ root, env: { ...process.env, DOCKER_HOST: daemon.address } });
  });
  afterAll(async () => {
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  it('a container with everything inspects as asked', async () => {
    for (const name of ['front', 'back']) await docker('network', 'create', name);
    const settings = {
      image,
      entrypoint: ['/bin/sh'],
      command: ['-c', 'sleep 1000'],
      env: { A: 'x=y' },
      workingDirectory: '/tmp',
      user: '7:8',
      hostname: 'inside',
      mounts: [
        { type: 'bind', source: root, target: '/bind', readOnly: true },
        { type: 'volume', source: 'everything', target: '/volume' },
        { type: 'tmpfs', target: '/mem', sizeBytes: MiB },
      ],
      ports: [{ hostPort: 0, containerPort: 80 }],
      network: 'front',
      aliases: ['web'],
      networks: [{ name: 'back', aliases: ['api'] }],
      cpuShares: 512,
      cpuset: '0',
      memorySwapBytes: 192 * MiB,
      memoryReservationBytes: 32 * MiB,
      pidsLimit: 50,
      ulimits: [{ name: 'nofile', soft: 100, hard: 200 }],
      devices: ['/dev/null'],
      capAdd: ['NET_ADMIN'],
      capDrop: ['MKNOD'],
      noNewPrivileges: true,
      readOnlyRoot: true,
      healthCheck: { command: ['true'], intervalSeconds: 5, timeoutSeconds: 3, startPeriodSeconds: 2, retries: 4 },
      logOptions: { 'max-size': '1m' },
      init: true,
      stopSignal: 'SIGKILL',
    };
    const ref = await make('everything', {
      labels: { team: 'web' },
      resources: { vcpus: 0.5, memoryBytes: 64 * MiB },
      settings,
    });
    await driver.start(recordingContext(), ref);
    const info = (await driver.describe(ref))['container'] as Record<string, Record<string, unknown>>;
    expect(info['Config']).toMatchObject({
      Entrypoint: settings.entrypoint,
      Cmd: settings.command,
      Env: expect.arrayContaining(['A=x=y']),
      WorkingDir: '/tmp',
      User: '7:8',
      Hostname: 'inside',
      StopSignal: 'SIGKILL',
      Labels: { team: 'web' },
      Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9, Timeout: 3e9, StartPeriod: 2e9, Retries: 4 },
    });
    expect(info['HostConfig']).toMatchObject({
      NanoCpus: 5e8,
      CpuShares: 512,
      CpusetCpus: '0',
      Memory: 64 * MiB,
      MemorySwap: 192 * MiB,
      MemoryReservation: 32 * MiB,
      PidsLimit: 50,
      Ulimits: [{ Name: 'nofile', Soft: 100, Hard: 200 }],
      Devices: [{ PathOnHost: '/dev/null' }],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Init: true,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    });
    expect(JSON.stringify(info['HostConfig']?.['CapAdd'])).toContain('NET_ADMIN');
    expect(JSON.stringify(info['HostConfig']?.['CapDrop'])).toContain('MKNOD');
    const networks = info['NetworkSettings']?.['Networks'] as Record<string, { Aliases: string[] }>;
    expect(networks['front']?.Aliases).toContain('web');
    expect(networks['back']?.Aliases).toContain('api');
    expect((info['Mounts'] as unknown as { Destination: string }[]).map((one) => one.Destination).sort()).toEqual([
      '/bind',
      '/mem',
      '/volume',
    ]);
    await driver.remove(recordingContext(), ref);
  });

  it('each limit that can be changed live is, on the running container; one that is taken away makes it anew', async () => {
    const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];
    const resources = { vcpus: 0.5, memoryBytes: 64 * MiB };
    const ref = await make('limits', {
      resources,
      settings: { image, command, env: { PASSWORD: 'hunter2' }, cpuset: '0' },
    });
    await driver.start(recordingContext(), ref);
    const id = await docker('inspect', '-f', '{{.Id}}', 'limits');
    const limits = {
      cpuShares: 300,
      cpuset: '0-1',
      memorySwapBytes: 256 * MiB,
      memoryReservationBytes: 48 * MiB,
      pidsLimit: 77,
    };
    const to = {
      ...ref.spec,
      resources: { vcpus: 0.75, memoryBytes: 96 * MiB },
      settings: { ...ref.spec.settings, ...limits },
    };
    const effects = driver.diff(ref.spec, to);
    expect(effects.map((one) => [one.field, one.effect])).toEqual(effects.map((one) => [one.field, 'live']));
    await driver.update?.(recordingContext(), ref, to);
    const host = async () => JSON.parse(await docker('inspect', '-f', '{{json .HostConfig}}', 'limits')) as object;
    expect(await docker('inspect', '-f', '{{.Id}}', 'limits')).toBe(id);
    expect(await host()).toMatchObject({
      NanoCpus: 7.5e8,
      Memory: 96 * MiB,
      MemorySwap: 256 * MiB,
      MemoryReservation: 48 * MiB,
      CpuShares: 300,
      CpusetCpus: '0-1',
      PidsLimit: 77,
    });
    const inside = await driver.exec?.(
      { ...ref, spec: to },
      { command: ['grep', 'Cpus_allowed_list', '/proc/self/status'], tty: false },
    );
    let seen = '';
    for await (const bytes of inside?.output ?? []) seen += Buffer.from(bytes).toString();
    expect(seen).toMatch(/0-1$/m);
    const free = { ...to, settings: { ...to.settings, cpuset: '' } };
    expect(driver.diff(to, free)).toMatchObject([{ field: 'settings.cpuset', effect: 'recreate' }]);
    await driver.update?.(recordingContext(), { ...ref, spec: to }, free);
    expect(await host()).toMatchObject({ CpusetCpus: '', PidsLimit: 77 });
    await driver.remove(recordingContext(), { ...ref, spec: free });
  });

  it('takes an environment of megabytes, and tells what the engine warns of', async () => {
    const env = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`BIG${at}`, 'x'.repeat(100_000)]));
    const asked = { settings: { image, command: ['sh', '-c', 'echo ${#BIG19}; sleep 1000'], env, network: 'host' } };
    // What the engine says of a limit that this kernel can't keep differs by the kernel; of this it warns always.
    const port = { '80/tcp': [{ HostPort: '18098' }] };
    const ref = await make('big-env', {
      settings: {
        ...asked.settings,
        engineOptions: { host: { PortBindings: port }, config: { ExposedPorts: { '80/tcp': {} } } },
      },
    });
    const over = new AbortController();
    const told: string[] = [];
    for await (const event of driver.events(over.signal)) {
      if (event.type !== 'notice') continue;
      told.push(`${event.id} ${event.message}`);
      over.abort();
    }
    expect(told).toEqual([expect.stringMatching(/^big-env big-env: the Docker engine warns: .*host network/)]);
    await driver.start(recordingContext(), ref);
    await expect.poll(() => docker('logs', 'big-env'), limit).toBe('100000');
    await driver.remove(recordingContext(), ref);
  });

  it('nothing is left of a container whose second network is not there', async () => {
    const refused = make('lonely', { settings: { image, command: ['true'], networks: [{ name: 'nowhere' }] } });
    await expect(refused).rejects.toMatchObject({ code: 'not_found' });
    expect(await docker('ps', '-aq', '--filter', 'name=lonely')).toBe('');
  });

  it('takes signals, and an end by ours is no crash', async () => {
    const command = ['sh', '-c', "trap 'echo got-hup' HUP; echo ready; while :; do sleep 0.1; done"];
    const ref = await make('signals', { settings: { image, command } });
    await expect(driver.signal?.(ref, 'HUP')).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.start(recordingContext(), ref);
    const log = () => docker('logs', 'signals');
    await expect.poll(log, limit).toContain('ready');
    await driver.signal?.(ref, 'HUP');
    await expect.poll(log, limit).toContain('got-hup');
    await driver.signal?.(ref, 'KILL');
    await expect.poll(async () => (await driver.inspect(ref)).phase, limit).toBe('stopped');
    await expect(driver.signal?.(ref, 'NONSENSE')).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.remove(recordingContext(), ref);
  });
});
