import type { ContainerCreateOptions } from 'dockerode';
import type { WorkloadSpec } from '../spec.ts';
import { homeLabel, idLabel, roleLabel } from './engine/engine.ts';
import { withEngineOptions } from './engine-options.ts';
import { type DockerSettings, dockerSettingsSchema } from './settings.ts';

/** Docker counts CPUs in billionths. */
const nanoCpus = 1e9;
/** Docker counts durations in nanoseconds. */
const nanoSeconds = 1e9;

/** The settings of a spec, defaults filled in. */
export function dockerSettings(spec: WorkloadSpec): DockerSettings {
  return dockerSettingsSchema.parse(spec.settings);
}

/** The limits of a spec in the form of Docker's create and update. */
export function limits(spec: WorkloadSpec): Record<string, unknown> {
  const settings = dockerSettings(spec);
  const { vcpus, memoryBytes } = spec.resources;
  return {
    NanoCpus: vcpus === undefined ? 0 : Math.round(vcpus * nanoCpus),
    Memory: memoryBytes ?? 0,
    // Without it Docker keeps an old swap limit, which a larger memory limit would exceed.
    MemorySwap: memoryBytes === undefined ? 0 : (settings.memorySwapBytes ?? memoryBytes * 2),
    ...(settings.memoryReservationBytes === undefined ? {} : { MemoryReservation: settings.memoryReservationBytes }),
    ...(settings.cpuShares === undefined ? {} : { CpuShares: settings.cpuShares }),
    ...(settings.cpuset === undefined ? {} : { CpusetCpus: settings.cpuset }),
    ...(settings.pidsLimit === undefined ? {} : { PidsLimit: settings.pidsLimit }),
    ...(settings.blkioWeight === undefined ? {} : { BlkioWeight: settings.blkioWeight }),
  };
}

/**
 * The body of the create request. Pure. `image` overrides the spec's for a restored snapshot; `anonymous` are volumes that the spec
 * does not name (path inside -> volume), mounted where the spec mounts nothing.
 */
export function createBody(
  id: string,
  home: string,
  spec: WorkloadSpec,
  image?: string,
  anonymous: Readonly<Record<string, string>> = {},
): ContainerCreateOptions {
  const settings = dockerSettings(spec);
  const exposed: Record<string, object> = {};
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of settings.ports) {
    const key = `${port.containerPort}/${port.protocol}`;
    exposed[key] = {};
    (bindings[key] ??= []).push({
      HostIp: port.hostAddress,
      HostPort: port.hostPort === 0 ? '' : String(port.hostPort),
    });
  }
  const mounts = settings.mounts.map((mount) => {
    switch (mount.type) {
      case 'tmpfs':
        return {
          Type: 'tmpfs' as const,
          Source: '',
          Target: mount.target,
          ...(mount.sizeBytes === undefined ? {} : { TmpfsOptions: { SizeBytes: mount.sizeBytes, Mode: 0o1777 } }),
        };
      case 'bind':
      case 'volume':
        return { Type: mount.type, Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly };
    }
  });
  const named = new Set(settings.mounts.map((mount) => mount.target));
  const taken = Object.entries(anonymous)
    .filter(([target]) => !named.has(target))
    .map(([target, source]) => ({ Type: 'volume' as const, Source: source, Target: target, ReadOnly: false }));
  const check = settings.healthCheck;
  const body = {
    name: spec.name,
    Image: image ?? settings.image,
    ...(settings.command === undefined ? {} : { Cmd: settings.command }),
    ...(settings.entrypoint === undefined ? {} : { Entrypoint: settings.entrypoint }),
    Env: Object.entries(settings.env).map(([name, value]) => `${name}=${value}`),
    ...(settings.workingDirectory === undefined ? {} : { WorkingDir: settings.workingDirectory }),
    ...(settings.user === undefined ? {} : { User: settings.user }),
    ...(settings.hostname === undefined ? {} : { Hostname: settings.hostname }),
    ...(settings.stopSignal === undefined ? {} : { StopSignal: settings.stopSignal }),
    Tty: settings.tty,
    OpenStdin: settings.stdin || settings.tty,
    Labels: { ...spec.labels, [idLabel]: id, [homeLabel]: home, [roleLabel]: 'workload' },
    ExposedPorts: exposed,
    ...(check === undefined
      ? {}
      : {
          Healthcheck: {
            Test: ['CMD', ...check.command],
            Interval: Math.round(check.intervalSeconds * nanoSeconds),
            Timeout: Math.round(check.timeoutSeconds * nanoSeconds),
            StartPeriod: Math.round(check.startPeriodSeconds * nanoSeconds),
            Retries: check.retries,
          },
        }),
    HostConfig: {
      ...limits(spec),
      Mounts: [...mounts, ...taken],
      PortBindings: bindings,
      ...(settings.network === undefined ? {} : { NetworkMode: settings.network }),
      Ulimits: settings.ulimits.map((limit) => ({ Name: limit.name, Soft: limit.soft, Hard: limit.hard })),
      CapAdd: settings.capAdd,
      CapDrop: settings.capDrop,
      Devices: settings.devices.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
      SecurityOpt: settings.noNewPrivileges ? ['no-new-privileges'] : [],
      ReadonlyRootfs: settings.readOnlyRoot,
      Init: settings.init,
      ...(settings.runtime === undefined ? {} : { Runtime: settings.runtime }),
      ...(Object.keys(settings.logOptions).length === 0 && settings.logDriver === 'json-file'
        ? {}
        : { LogConfig: { Type: settings.logDriver, Config: settings.logOptions } }),
      // The host restarts by its own policy, so that both never fight.
      RestartPolicy: { Name: 'no' },
    },
    ...(settings.network === undefined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: {
              [settings.network]: endpointConfig(settings, { name: settings.network, aliases: settings.aliases }),
            },
          },
        }),
  };
  const whole = withEngineOptions(body, settings.engineOptions);
  // A name without a value takes a variable away; one that was given a value since then is there again.
  return { ...whole, Env: whole.Env.filter((line) => line.includes('=') || !Object.hasOwn(settings.env, line)) };
}

/** The create request as a job's output tells it, which is kept: variables by their names, since many hold a password. Pure. */
export function shownBody(body: ContainerCreateOptions): ContainerCreateOptions {
  return { ...body, Env: (body.Env ?? []).map((line) => line.replace(/=.*$/s, '=…')) };
}

/** How a container joins one of its networks. Pure. */
export function endpointConfig(
  settings: DockerSettings,
  { name, aliases }: { name: string; aliases: string[] },
): Record<string, unknown> {
  return { ...settings.engineOptions?.endpoints?.[name], Aliases: aliases };
}
