import type { ContainerInspectInfo, ContainerStats } from 'dockerode';
import { describe, expect, it } from 'vitest';
import { specOf } from '../../../../drivers/docker/discover.ts';
import { resolveEndpoint } from '../../../../drivers/docker/engine/endpoint.ts';
import { mapDockerError } from '../../../../drivers/docker/engine/map-error.ts';
import { registryOf } from '../../../../drivers/docker/images/credentials.ts';
import { observe } from '../../../../drivers/docker/observe.ts';
import { createBody } from '../../../../drivers/docker/plan.ts';
import { dockerStats } from '../../../../drivers/docker/stats.ts';

const info = (state: Record<string, unknown>, more: Record<string, unknown> = {}): ContainerInspectInfo =>
  ({
    Name: '/web',
    Id: 'abcdef1234567890',
    State: { Pid: 0, StartedAt: '0001-01-01T00:00:00Z', ExitCode: 0, OOMKilled: false, Error: '', ...state },
    HostConfig: { NanoCpus: 0, Memory: 0, NetworkMode: 'default' },
    NetworkSettings: { Ports: {}, Networks: {} },
    Mounts: [],
    Config: { Image: 'busybox', Env: [], Tty: false, OpenStdin: false },
    ...more,
  }) as unknown as ContainerInspectInfo;

describe('observed state', () => {
  it.each([
    [{ Status: 'created' }, false, 'stopped', 'not started yet'],
    [{ Status: 'running', Running: true, Pid: 5, StartedAt: '2026-01-01T00:00:00Z' }, false, 'running', 'running'],
    [{ Status: 'paused', Running: true, Paused: true }, false, 'paused', 'frozen'],
    [{ Status: 'exited', ExitCode: 0 }, false, 'stopped', 'exit code 0'],
    [{ Status: 'exited', ExitCode: 3 }, false, 'crashed', 'exit code 3'],
    [{ Status: 'exited', ExitCode: 3 }, true, 'stopped', 'exit code 3'],
    [{ Status: 'exited', ExitCode: 137 }, false, 'stopped', 'exit code 137'],
    [{ Status: 'exited', ExitCode: 137, OOMKilled: true }, false, 'crashed', 'killed: out of memory'],
    [{ Status: 'dead' }, false, 'crashed', 'exit code 0'],
  ])('%j, stop asked for %s: %s', (state, asked, phase, reason) => {
    expect(observe(info(state), asked)).toMatchObject({ phase, reason });
  });

  it.each([
    ['unhealthy', [{ ExitCode: 1, Output: '' }], 'Its health check fails with exit code 1.'],
    [
      'unhealthy',
      [
        { ExitCode: 0, Output: 'well' },
        { ExitCode: 7, Output: 'no answer\nmore\n' },
      ],
      'Its health check fails with exit code 7: no answer',
    ],
    ['unhealthy', [], 'Its health check fails.'],
    ['healthy', [{ ExitCode: 0, Output: '' }], undefined],
    ['starting', [], undefined],
  ])('a health check that is %s %j asks for attention: %s', (status, log, attention) => {
    const health = { Status: status, FailingStreak: 3, Log: log };
    expect(observe(info({ Status: 'running', Running: true, Health: health })).attention).toBe(attention);
    // What has ended has no health: a restart policy is not held up by it.
    expect(observe(info({ Status: 'exited', ExitCode: 3, Health: health })).attention).toBeUndefined();
  });

  it('tells published ports and addresses while it runs', () => {
    const found = observe(
      info(
        { Status: 'running', Running: true, Pid: 7 },
        {
          NetworkSettings: {
            Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '9/udp': null },
            Networks: { bridge: { IPAddress: '172.17.0.2' } },
          },
        },
      ),
    );
    expect(found.pid).toBe(7);
    expect(found.addresses).toEqual([
      { kind: 'port', text: '127.0.0.1:8080 → 80/tcp', url: 'http://127.0.0.1:8080' },
      { kind: 'ip', text: '172.17.0.2' },
    ]);
  });
});

describe('errors', () => {
  it.each([
    [{ code: 'ENOENT' }, 'engine_unavailable'],
    [{ code: 'EACCES' }, 'permission_denied'],
    [{ code: 'ETIMEDOUT' }, 'timeout'],
    [{ statusCode: 404, json: { message: 'No such container: x' } }, 'not_found'],
    [
      { statusCode: 409, json: { message: 'Conflict. The container name "/x" is already in use by container "y"' } },
      'already_exists',
    ],
    [
      { statusCode: 500, json: { message: 'driver failed: Bind for 0.0.0.0:80 failed: port is already allocated' } },
      'conflict',
    ],
    [{ statusCode: 500, json: { message: 'write /x: no space left on device' } }, 'resource_exhausted'],
    [{ statusCode: 500, json: { message: 'Get https://r/v2/: x509: unknown authority' } }, 'engine_unavailable'],
    [{ statusCode: 404, json: { message: 'pull access denied for x' } }, 'permission_denied'],
    [{ statusCode: 400, json: { message: 'exec: "x": executable file not found in $PATH: unknown' } }, 'invalid_spec'],
    [{ statusCode: 418, message: 'tea' }, 'internal'],
    ['a text', 'internal'],
  ])('%j is %s', (thrown, code) => {
    const error = mapDockerError(thrown, 'Starting web');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Starting web: /);
  });
});

describe('the field that an engine refuses', () => {
  // As Docker 20.10 says it.
  it.each([
    ['Unknown runtime specified nope', 'settings.runtime'],
    ['Requested CPUs are not available - requested 0-99, available: 0-1', 'settings.cpuset'],
    ['invalid CapAdd: unknown capability: "CAP_NOPE"', 'settings.capAdd'],
    ['invalid mount config for type "bind": bind source path does not exist: /nope', 'settings.mounts'],
    [
      'error gathering device information while adding custom device "/dev/nope": no such file or directory',
      'settings.devices',
    ],
    ['network nope not found', 'settings.networks'],
    ['unable to find user nobodyx: no matching entries in passwd file', 'settings.user'],
    ['Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available', 'resources.vcpus'],
    ['Minimum memory limit allowed is 6MB', 'resources.memoryBytes'],
    ['Minimum memory limit can not be less than memory reservation limit', 'settings.memoryReservationBytes'],
    ["unknown log opt 'nope' for json-file log driver", 'settings.logOptions'],
    ['error looking up logging plugin nope: plugin "nope" not found', 'settings.logDriver'],
    ['Invalid signal: NOPE', 'settings.stopSignal'],
    ['Interval in Healthcheck cannot be less than 1ms', 'settings.healthCheck'],
    ['unable to start container process: exec: "x": executable file not found in $PATH: unknown', 'settings.command'],
    ['Error starting userland proxy: listen tcp4 1.2.3.4:80: bind: cannot assign requested address', 'settings.ports'],
    ['create bad/name: "bad/name" includes invalid characters for a local volume name', 'settings.mounts'],
  ])('%s', (said, field) => {
    const error = mapDockerError({ statusCode: 500, json: { message: said } }, 'Making web');
    expect(error.details).toMatchObject({ field, why: said });
    expect(error.code).not.toBe('internal');
  });

  it('is none where its words are about something else', () => {
    const error = mapDockerError({ statusCode: 404, json: { message: 'No such container: x' } }, 'Looking');
    expect(error.details).not.toHaveProperty('field');
  });
});

describe('endpoint', () => {
  it.each([
    [{ DOCKER_HOST: 'unix:///x.sock' }, { socketPath: '/x.sock' }],
    [{ DOCKER_HOST: 'tcp://h:2375' }, { host: 'h', port: 2375, protocol: 'http' }],
    [{ DOCKER_HOST: 'h:99' }, { host: 'h', port: 99, protocol: 'http' }],
    [{ DOCKER_HOST: 'ssh://me@h' }, { host: 'h', port: 22, protocol: 'ssh', username: 'me' }],
    [{ DOCKER_HOST: 'tcp://[::1]:2375' }, { host: '::1', port: 2375, protocol: 'http' }],
    [{ DOCKER_HOST: 'ssh://me@[fe80::1]' }, { host: 'fe80::1', protocol: 'ssh', username: 'me' }],
    [{ DOCKER_CONFIG: '/none' }, { socketPath: '/var/run/docker.sock' }],
  ])('%j', (env, endpoint) => expect(resolveEndpoint(env)).toMatchObject(endpoint));
  it('names a scheme that it does not know', () =>
    expect(() => resolveEndpoint({ DOCKER_HOST: 'ftp://x' })).toThrow('ftp:'));
  it('names a certificate that is not there', () =>
    expect(() =>
      resolveEndpoint({ DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/none' }),
    ).toThrow("/none/ca.pem can't be read"));
  it.each([
    ['busybox', 'https://index.docker.io/v1/'],
    ['me/app', 'https://index.docker.io/v1/'],
    ['ghcr.io/me/app', 'ghcr.io'],
    ['localhost:5000/x', 'localhost:5000'],
  ])('the registry of %s is %s', (image, registry) => expect(registryOf(image)).toBe(registry));
});

describe('statistics', () => {
  const base = {
    read: '2026-01-01T00:00:00Z',
    cpu_stats: { cpu_usage: { total_usage: 2_000_000 } },
    pids_stats: { current: 3 },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
  };
  it.each([
    // Of groups below it only the totals of v1 know.
    ['cgroup v1', { usage: 100, limit: 500, stats: { inactive_file: 2, total_inactive_file: 30 } }, 'Read', 'Write'],
    ['cgroup v2', { usage: 100, limit: 500, stats: { inactive_file: 30 } }, 'read', 'write'],
  ])('%s', (_version, memory, read, write) => {
    const raw = {
      ...base,
      memory_stats: memory,
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: read, value: 5 },
          { op: write, value: 6 },
        ],
      },
    };
    expect(dockerStats(raw as unknown as ContainerStats)).toEqual({
      atMs: Date.parse(base.read),
      cpuTimeMs: 2,
      memoryBytes: 70,
      memoryLimitBytes: 500,
      diskReadBytes: 5,
      diskWriteBytes: 6,
      networkRxBytes: 11,
      networkTxBytes: 22,
      processes: 3,
    });
  });
});

describe('adoption', () => {
  it('carries a variable that was taken away, until it is given a value', () => {
    const spec = specOf(info({}, { Config: { Image: 'nginx', Env: ['A=1', 'GONE'] } }));
    expect(spec.settings['env']).toEqual({ A: '1' });
    expect(createBody('id', 'home', spec).Env).toEqual(['A=1', 'GONE']);
    const again = { ...spec, settings: { ...spec.settings, env: { GONE: 'here' } } };
    expect(createBody('id', 'home', again).Env).toEqual(['GONE=here']);
  });

  it('reads the spec that a container would have had', () => {
    const spec = specOf(
      info(
        {},
        {
          Config: {
            Image: 'nginx',
            Cmd: ['x'],
            Env: ['A=1', 'B=c=d'],
            Tty: true,
            OpenStdin: true,
            WorkingDir: '/w',
            User: '',
          },
          HostConfig: {
            NanoCpus: 5e8,
            Memory: 64 * 1024 ** 2,
            NetworkMode: 'mynet',
            PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
          },
          Mounts: [
            { Type: 'volume', Name: 'v', Destination: '/v', RW: true },
            { Type: 'bind', Source: '/s', Destination: '/d', RW: false },
          ],
        },
      ),
    );
    expect(spec).toMatchObject({
      name: 'web',
      resources: { vcpus: 0.5, memoryBytes: 64 * 1024 ** 2 },
      settings: {
        image: 'nginx',
        command: ['x'],
        env: { A: '1', B: 'c=d' },
        network: 'mynet',
        ports: [{ hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
        mounts: [
          { type: 'volume', source: 'v', target: '/v', readOnly: false },
          { type: 'bind', source: '/s', target: '/d', readOnly: true },
        ],
      },
    });
  });
});
