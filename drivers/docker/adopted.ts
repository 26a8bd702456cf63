import type { ContainerInspectInfo } from 'dockerode';
import { dockerSettingsSchema } from './settings.ts';

/** Docker counts durations in nanoseconds. */
const nanoSeconds = 1e9;

type Host = ContainerInspectInfo['HostConfig'] & {
  PidsLimit?: number | null;
  MemorySwap?: number;
  MemoryReservation?: number;
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  Init?: boolean | null;
};
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
      ? { devices: (host.Devices as { PathOnHost: string }[]).map((one) => one.PathOnHost) }
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
    ...healthCheck((info.Config as { Healthcheck?: Check }).Healthcheck),
  };
  return Object.fromEntries(
    Object.entries(found).filter(
      ([name, value]) => dockerSettingsSchema.safeParse({ image: 'x', [name]: value }).success,
    ),
  );
}
