import { describe, expect, it } from 'vitest';
import { adoptedSettings } from '../../../../drivers/docker/adopted.ts';
import { checkDockerSpec } from '../../../../drivers/docker/check.ts';
import { NovaError } from '../../../../drivers/errors.ts';
import { MiB, workloadSpecSchema } from '../../../../drivers/spec.ts';

const check = (settings: Record<string, unknown>, memoryBytes?: number) =>
  checkDockerSpec(
    workloadSpecSchema.parse({
      name: 'web',
      driver: 'docker',
      resources: memoryBytes === undefined ? {} : { memoryBytes },
      settings: { image: 'busybox', ...settings },
    }),
  );
const port = { hostPort: 80, containerPort: 80 };
const mount = { type: 'tmpfs', target: '/a' };

describe('a spec is refused at the field', () => {
  it.each<[string, Record<string, unknown>, number?]>([
    ['settings.memorySwapBytes', { memorySwapBytes: 64 * MiB }],
    ['settings.memorySwapBytes', { memorySwapBytes: 32 * MiB }, 64 * MiB],
    ['settings.memoryReservationBytes', { memoryReservationBytes: 128 * MiB }, 64 * MiB],
    ['settings.ulimits.0.soft', { ulimits: [{ name: 'nofile', soft: 20, hard: 10 }] }],
    ['settings.ulimits.0.soft', { ulimits: [{ name: 'nofile', soft: -1, hard: 10 }] }],
    [
      'settings.ulimits.1.name',
      {
        ulimits: [
          { name: 'core', soft: 1, hard: 1 },
          { name: 'core', soft: 2, hard: 2 },
        ],
      },
    ],
    ['settings.mounts.1.target', { mounts: [mount, { ...mount, target: '/a/' }] }],
    ['settings.mounts.0.target', { mounts: [{ ...mount, target: '/' }] }],
    ['settings.ports.1.hostPort', { ports: [port, { ...port, containerPort: 81 }] }],
    ['settings.aliases', { aliases: ['db'] }],
    ['settings.aliases', { network: 'host', aliases: ['db'] }],
    ['settings.networks', { network: 'host', networks: [{ name: 'a' }] }],
    ['settings.networks.0.name', { network: 'a', networks: [{ name: 'a' }] }],
    ['settings.ports', { network: 'host', ports: [port] }],
    ['settings.capDrop', { capAdd: ['NET_ADMIN'], capDrop: ['NET_ADMIN'] }],
    ['settings.cpuset', { cpuset: 'all' }],
    ['settings.blkioWeight', { blkioWeight: 5 }],
    ['settings.healthCheck.command', { healthCheck: { command: [] } }],
    ['settings.devices.0', { devices: ['null'] }],
    ['settings.user', { user: 'a\nb' }],
    ['settings.workingDirectory', { workingDirectory: 'tmp' }],
    ['settings.mounts.0.source', { mounts: [{ type: 'volume', source: 'v', target: '/v' }] }],
  ])('%s of %j', (field, settings, memoryBytes) => {
    let error: unknown = null;
    try {
      check(settings, memoryBytes);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NovaError);
    expect(error).toMatchObject({ code: 'invalid_spec', details: { field } });
  });

  it.each<[Record<string, unknown>, number?]>([
    [{ memorySwapBytes: -1 }, 64 * MiB],
    [{ ports: [port, { ...port, protocol: 'udp' }, { ...port, hostPort: 0 }, { ...port, hostPort: 0 }] }],
    [{ network: 'own', aliases: ['db'], networks: [{ name: 'other' }] }],
    [{ ulimits: [{ name: 'nofile', soft: 10, hard: -1 }] }],
    [{ capDrop: ['ALL'], capAdd: ['NET_ADMIN'] }],
  ])('%j is taken', (settings, memoryBytes) => {
    expect(check(settings, memoryBytes).settings).toMatchObject({ image: 'busybox' });
  });
});

it('an adopted container keeps its limits, rights and habits', () => {
  const info = {
    Id: 'abcdef1234567890',
    NetworkSettings: {
      Networks: {
        bridge: { Aliases: null },
        shop: {
          Aliases: ['web', 'abcdef123456', 'inside', 'not a name'],
          NetworkID: '77aa',
          IPAMConfig: { IPv4Address: '10.9.0.4' },
        },
      },
    },
    Mounts: [{ Type: 'bind', Source: '/s', Destination: '/d', RW: true, Propagation: 'rslave' }],
    Config: {
      Hostname: 'inside',
      StopTimeout: 3,
      StopSignal: 'SIGINT',
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5e9, Retries: 2 },
    },
    HostConfig: {
      CpuShares: 512,
      PidsLimit: 100,
      Memory: 64 * MiB,
      MemorySwap: 128 * MiB,
      CapAdd: ['CAP_NET_ADMIN'],
      CapDrop: ['MKNOD'],
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }],
      ReadonlyRootfs: true,
      Runtime: 'runc',
      NetworkMode: '77aa',
      ExtraHosts: ['far:192.0.2.7'],
      IpcMode: 'private',
      ShmSize: 64 * MiB,
      MaskedPaths: [],
      Devices: [
        { PathOnHost: '/dev/null', PathInContainer: '/dev/null', CgroupPermissions: 'rwm' },
        { PathOnHost: '/dev/zero', PathInContainer: '/dev/other', CgroupPermissions: 'r' },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
      CpusetCpus: 'nonsense',
    },
  };
  expect(adoptedSettings(info as never)).toEqual({
    cpuShares: 512,
    memorySwapBytes: 128 * MiB,
    pidsLimit: 100,
    ulimits: [{ name: 'nofile', soft: 10, hard: 20 }],
    capAdd: ['NET_ADMIN'],
    capDrop: ['MKNOD'],
    devices: ['/dev/null'],
    noNewPrivileges: true,
    readOnlyRoot: true,
    logOptions: { 'max-size': '1m' },
    stopSignal: 'SIGINT',
    healthCheck: { command: ['/bin/sh', '-c', 'true'], intervalSeconds: 5, retries: 2 },
    hostname: 'inside',
    network: 'shop',
    aliases: ['web'],
    networks: [{ name: 'bridge', aliases: [] }],
    engineOptions: {
      host: {
        ExtraHosts: ['far:192.0.2.7'],
        Binds: ['/s:/d:rw,rslave'],
        Devices: [{ PathOnHost: '/dev/zero', PathInContainer: '/dev/other', CgroupPermissions: 'r' }],
        SecurityOpt: ['label=disable'],
        MaskedPaths: [],
        ReadonlyPaths: [],
      },
      config: { StopTimeout: 3 },
      endpoints: { shop: { IPAMConfig: { IPv4Address: '10.9.0.4' } } },
    },
  });
});
