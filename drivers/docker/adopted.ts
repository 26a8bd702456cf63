import type { ContainerInspectInfo } from 'dockerode';
import type { RestartPolicy } from '../spec.ts';
import { engineOptionsOf, isPlainBind, isPlainDevice } from './engine-options.ts';
import { dockerSettingsSchema, engineNameSchema } from './settings.ts';

/** Docker counts durations in nanoseconds. */
const nanoSeconds = 1e9;
/** The period of the kernel's CPU quota where none is asked for, microseconds. */
const usualPeriod = 100_000;

type Host = ContainerInspectInfo['HostConfig'] & {
  PidsLimit?: number | null;
  MemorySwap?: number;
  MemoryReservation?: number;
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  Init?: boolean | null;
};
type Device = Parameters<typeof isPlainDevice>[0];
type Check = { Test?: string[]; Interval?: number; Timeout?: number; StartPeriod?: number; Retries?: number };

const filled = (list: readonly unknown[] | null | undefined): boolean => (list?.length ?? 0) > 0;
const plainCap = (name: string): string => name.replace(/^CAP_/, '');

function healthCheck(check: Check | undefined): Record<string, unknown> {
  const [kind, ...command] = check?.Test ?? [];
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return {};
  const seconds = (name: string, value: number | undefined) => (value ? { [name]: value / nanoSeconds } : {});
  return {
    healthCheck: {
      command: kind === 'CMD' ? command : ['/bin/sh', '-c', ...command],
      ...seconds('intervalSeconds', check?.Interval),
      ...seconds('timeoutSeconds', check?.Timeout),
      ...seconds('startPeriodSeconds', check?.StartPeriod),
      ...(check?.Retries ? { retries: check.Retries } : {}),
    },
  };
}

/** The name that it was given; the engine's own is the beginning of its id. */
function hostname(info: ContainerInspectInfo): Record<string, unknown> {
  const name = info.Config.Hostname;
  const shared = /^(host$|container:)/.test(info.HostConfig.NetworkMode ?? '');
  return name && !shared && !info.Id.startsWith(name) ? { hostname: name } : {};
}

type Networks = Record<string, { Aliases?: string[] | null; NetworkID?: string }>;

/** The networks that it joins, with the names under which it is known there: the first is the one that it was made with. */
function adoptedNetworks(info: ContainerInspectInfo): Record<string, unknown> {
  const joined = (info.NetworkSettings.Networks ?? {}) as Networks;
  const mode = info.HostConfig.NetworkMode ?? 'default';
  if (mode.startsWith('container:')) return {};
  // A network can be named by its id, or the beginning of it.
  const byId = Object.keys(joined).find((name) => (joined[name]?.NetworkID ?? '').startsWith(mode));
  const first = mode === 'default' || mode === 'bridge' ? 'bridge' : joined[mode] === undefined ? (byId ?? mode) : mode;
  const aliases = (name: string): string[] =>
    (joined[name]?.Aliases ?? [])
      // The engine adds the beginning of the id and the host name.
      .filter(
        (alias) =>
          !info.Id.startsWith(alias) && alias !== info.Config.Hostname && engineNameSchema.safeParse(alias).success,
      )
      .filter((alias, at, all) => all.indexOf(alias) === at);
  const others = Object.keys(joined)
    .filter((name) => name !== first)
    .map((name) => ({ name, aliases: aliases(name) }));
  const known = first === 'bridge' || first === 'host' || first === 'none' ? [] : aliases(first);
  return {
    ...(first === 'bridge' ? {} : { network: first }),
    ...(known.length === 0 ? {} : { aliases: known }),
    ...(others.length === 0 || first === 'host' || first === 'none' ? {} : { networks: others }),
  };
}

type Asked = { Type?: string; Target?: string; TmpfsOptions?: { SizeBytes?: number } };

/** What is mounted in it, as settings. Pure. */
export function adoptedMounts(info: ContainerInspectInfo): Record<string, unknown>[] {
  const asked = ((info.HostConfig as { Mounts?: Asked[] | null }).Mounts ?? []).filter((one) => one.Type === 'tmpfs');
  const mounted = (info.Mounts ?? []).flatMap((mount): Record<string, unknown>[] => {
    const common = { target: mount.Destination, readOnly: !mount.RW };
    if (mount.Type === 'bind' && isPlainBind(mount)) return [{ type: 'bind', source: mount.Source, ...common }];
    if (mount.Type === 'volume' && mount.Name) return [{ type: 'volume', source: mount.Name, ...common }];
    return [];
  });
  const inMemory = asked.map(({ Target, TmpfsOptions }) => ({
    type: 'tmpfs',
    target: Target,
    ...(TmpfsOptions?.SizeBytes ? { sizeBytes: TmpfsOptions.SizeBytes } : {}),
  }));
  return [...mounted, ...inMemory];
}

/** How many CPUs it may use: a number, or a share of each period of time. Pure. */
export function adoptedCpus(
  host: Pick<ContainerInspectInfo['HostConfig'], 'NanoCpus' | 'CpuQuota' | 'CpuPeriod'>,
): number | null {
  if (host.NanoCpus) return host.NanoCpus / 1e9;
  return host.CpuQuota && host.CpuQuota > 0 ? host.CpuQuota / (host.CpuPeriod || usualPeriod) : null;
}

/** When the host starts it again, after the engine's own habit. Pure. */
export function adoptedRestart(info: ContainerInspectInfo): RestartPolicy {
  const name = info.HostConfig.RestartPolicy?.Name ?? '';
  if (name === 'always' || name === 'unless-stopped') return 'always';
  return name === 'on-failure' ? 'on-failure' : 'no';
}

/**
 * The limits, rights and habits of an existing container as settings, so that it keeps them when it is made anew. What
 * a spec can't hold is left out. Pure.
 */
export function adoptedSettings(info: ContainerInspectInfo): Record<string, unknown> {
  const host = info.HostConfig as Host;
  const memory = host.Memory ?? 0;
  const found: Record<string, unknown> = {
    ...(host.CpuShares ? { cpuShares: host.CpuShares } : {}),
    ...(host.CpusetCpus ? { cpuset: host.CpusetCpus } : {}),
    ...(memory > 0 && host.MemorySwap ? { memorySwapBytes: host.MemorySwap } : {}),
    ...(host.MemoryReservation ? { memoryReservationBytes: host.MemoryReservation } : {}),
    ...(host.PidsLimit && host.PidsLimit > 0 ? { pidsLimit: host.PidsLimit } : {}),
    ...(host.BlkioWeight ? { blkioWeight: host.BlkioWeight } : {}),
    ...(filled(host.Ulimits)
      ? {
          ulimits: (host.Ulimits as { Name: string; Soft: number; Hard: number }[]).map((one) => ({
            name: one.Name,
            soft: one.Soft,
            hard: one.Hard,
          })),
        }
      : {}),
    ...(filled(host.CapAdd) ? { capAdd: [host.CapAdd].flat().map((one) => plainCap(String(one))) } : {}),
    ...(filled(host.CapDrop) ? { capDrop: [host.CapDrop].flat().map((one) => plainCap(String(one))) } : {}),
    ...(filled(host.Devices)
      ? { devices: (host.Devices as Device[]).filter(isPlainDevice).map((one) => one.PathOnHost) }
      : {}),
    ...(host.SecurityOpt?.some((one: string) => /^no-new-privileges(:true|=true)?$/.test(one))
      ? { noNewPrivileges: true }
      : {}),
    ...(host.ReadonlyRootfs ? { readOnlyRoot: true } : {}),
    ...(host.Init ? { init: true } : {}),
    ...(host.Runtime && host.Runtime !== 'runc' ? { runtime: host.Runtime } : {}),
    ...(filled(Object.keys(host.LogConfig?.Config ?? {})) ? { logOptions: host.LogConfig?.Config } : {}),
    ...(host.LogConfig?.Type && host.LogConfig.Type !== 'json-file' ? { logDriver: host.LogConfig.Type } : {}),
    ...((info.Config as { StopSignal?: string }).StopSignal
      ? { stopSignal: (info.Config as { StopSignal?: string }).StopSignal }
      : {}),
    ...hostname(info),
    ...adoptedNetworks(info),
    engineOptions: engineOptionsOf(info) ?? undefined,
    ...healthCheck((info.Config as { Healthcheck?: Check }).Healthcheck),
  };
  return Object.fromEntries(
    Object.entries(found).filter(
      ([name, value]) => dockerSettingsSchema.safeParse({ image: 'x', [name]: value }).success,
    ),
  );
}
