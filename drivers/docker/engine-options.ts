import type { ContainerInspectInfo } from 'dockerode';
import { z } from 'zod';
import { adoptedPorts, type PortBindings } from './adopted-ports.ts';

/** What `HostConfig` of the engine's create request can hold beside what settings have a word for. Source: Docker Engine API, `POST /containers/create`. */
const hostKeys = [
  'Annotations',
  'Binds',
  'BlkioDeviceReadBps',
  'BlkioDeviceReadIOps',
  'BlkioDeviceWriteBps',
  'BlkioDeviceWriteIOps',
  'BlkioWeightDevice',
  'CgroupParent',
  'CgroupnsMode',
  'CpuRealtimePeriod',
  'CpuRealtimeRuntime',
  'CpusetMems',
  'DeviceCgroupRules',
  'DeviceRequests',
  'Devices',
  'Dns',
  'DnsOptions',
  'DnsSearch',
  'ExtraHosts',
  'GroupAdd',
  'IpcMode',
  'MaskedPaths',
  'MemorySwappiness',
  'NetworkMode',
  'OomKillDisable',
  'OomScoreAdj',
  'PidMode',
  'PortBindings',
  'Privileged',
  'PublishAllPorts',
  'ReadonlyPaths',
  'SecurityOpt',
  'ShmSize',
  'StorageOpt',
  'Sysctls',
  'Tmpfs',
  'UTSMode',
  'UsernsMode',
] as const;
/** The same of the request's own fields. */
const configKeys = ['Domainname', 'Env', 'ExposedPorts', 'Healthcheck', 'MacAddress', 'StopTimeout'] as const;
/** The same of each network that it joins. */
const endpointKeys = ['DriverOpts', 'IPAMConfig', 'Links'] as const;

/** Fields of the create request in the engine's own words: what an adopted container had, so that it keeps it when it is made anew. */
export const engineOptionsSchema = z.strictObject({
  host: z.partialRecord(z.enum(hostKeys), z.json()).optional(),
  config: z.partialRecord(z.enum(configKeys), z.json()).optional(),
  /** By the network's name. */
  endpoints: z.record(z.string().max(255), z.partialRecord(z.enum(endpointKeys), z.json())).optional(),
});
export type EngineOptions = z.infer<typeof engineOptionsSchema>;

type Host = Partial<Record<(typeof hostKeys)[number], unknown>>;
type Device = { PathOnHost: string; PathInContainer: string; CgroupPermissions: string };
type Endpoint = Partial<Record<(typeof endpointKeys)[number], unknown>>;

/** What the engine takes by itself for a field that is not named. */
const standard: Readonly<Host> = {
  IpcMode: 'private',
  CgroupnsMode: 'private',
  ShmSize: 64 * 1024 ** 2,
  MemorySwappiness: -1,
};
/** Fields that are told apart below: a part of them has a word of its own in the settings. */
const special: ReadonlySet<string> = new Set([
  'Binds',
  'Devices',
  'MaskedPaths',
  'NetworkMode',
  'PortBindings',
  'ReadonlyPaths',
  'SecurityOpt',
]);

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

function without<T extends Record<string, unknown>>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Whether a device is one that `settings.devices` can name. Pure. */
export function isPlainDevice(device: Device): boolean {
  return device.PathOnHost === device.PathInContainer && device.CgroupPermissions === 'rwm';
}

/** Whether a mount's changes of mounts are kept apart, as they are by default. Pure. */
export function isPlainBind(mount: { Propagation?: string }): boolean {
  return ['', 'rprivate', undefined].includes(mount.Propagation);
}

const list = <T>(items: readonly T[]): T[] | undefined => (items.length === 0 ? undefined : [...items]);

function hostOf(info: ContainerInspectInfo): Host {
  const host = info.HostConfig as unknown as Record<string, unknown>;
  const plain = Object.fromEntries(
    hostKeys
      .filter((key) => !special.has(key) && !isEmpty(host[key]) && host[key] !== standard[key])
      .map((key) => [key, host[key]]),
  );
  const mode = info.HostConfig.NetworkMode ?? '';
  // "systempaths=unconfined" is two empty lists; null is the engine's own choice.
  const open = Array.isArray(host['MaskedPaths']) && host['MaskedPaths'].length === 0 && host['Privileged'] !== true;
  const binds = (info.Mounts ?? [])
    .filter((mount) => mount.Type === 'bind' && !isPlainBind(mount))
    .map((mount) => `${mount.Source}:${mount.Destination}:${mount.RW ? 'rw' : 'ro'},${mount.Propagation}`);
  const portBindings = adoptedPorts(info).bindings;
  return without<Host>({
    ...plain,
    Binds: list(binds),
    Devices: list(((host['Devices'] ?? []) as Device[]).filter((one) => !isPlainDevice(one))),
    SecurityOpt: list(((host['SecurityOpt'] ?? []) as string[]).filter((one) => !one.startsWith('no-new-privileges'))),
    // The network of another container has no name of its own.
    NetworkMode: mode.startsWith('container:') ? mode : undefined,
    MaskedPaths: open ? [] : undefined,
    ReadonlyPaths: open ? [] : undefined,
    PortBindings: portBindings ?? undefined,
  });
}

/** The engine publishes only what is exposed too. */
function exposedBy(bindings: PortBindings | null): Record<string, object> | undefined {
  return bindings === null ? undefined : Object.fromEntries(Object.keys(bindings).map((key) => [key, {}]));
}

function configOf(info: ContainerInspectInfo): Record<string, unknown> {
  const config = info.Config as unknown as Record<string, unknown>;
  const check = config['Healthcheck'] as { Test?: string[] } | undefined;
  return without({
    Domainname: config['Domainname'] || undefined,
    MacAddress: config['MacAddress'] || undefined,
    StopTimeout: config['StopTimeout'] ?? undefined,
    // One that was switched off would come back with the image.
    Healthcheck: check?.Test?.[0] === 'NONE' ? check : undefined,
    ExposedPorts: info.HostConfig.PublishAllPorts ? config['ExposedPorts'] : exposedBy(adoptedPorts(info).bindings),
    // A name without a value takes a variable of the image away.
    Env: list(((config['Env'] ?? []) as string[]).filter((line) => !line.includes('='))),
  });
}

function endpointsOf(info: ContainerInspectInfo): Record<string, Endpoint> {
  const networks = (info.NetworkSettings.Networks ?? {}) as unknown as Record<string, Record<string, unknown>>;
  const kept = Object.entries(networks).map(([name, one]): [string, Endpoint] => [
    name,
    Object.fromEntries(endpointKeys.filter((key) => !isEmpty(one[key])).map((key) => [key, one[key]])),
  ]);
  return Object.fromEntries(kept.filter(([, one]) => !isEmpty(one)));
}

/** What an existing container has that settings have no word for; null for nothing. Pure. */
export function engineOptionsOf(info: ContainerInspectInfo): EngineOptions | null {
  const parts = { host: hostOf(info), config: configOf(info), endpoints: endpointsOf(info) };
  const found = Object.entries(parts).filter(([, part]) => !isEmpty(part));
  return found.length === 0 ? null : (Object.fromEntries(found) as EngineOptions);
}

/** Lists that both have are joined; of all else theirs holds. */
function joined(own: Record<string, unknown>, theirs: Record<string, unknown>): Record<string, unknown> {
  const both = Object.entries(theirs).map(([key, value]) => {
    const before = own[key];
    if (Array.isArray(before) && Array.isArray(value))
      return [key, [...(before as unknown[]), ...(value as unknown[])]];
    const objects = [before, value].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
    return [key, objects ? { ...(before as object), ...(value as object) } : value];
  });
  return { ...own, ...Object.fromEntries(both) };
}

/** A create request's body with them. Pure. */
export function withEngineOptions<T extends { HostConfig?: object }>(body: T, options: EngineOptions | undefined): T {
  if (options === undefined) return body;
  const merged = joined(body, options.config ?? {});
  return {
    ...merged,
    HostConfig: joined((body.HostConfig ?? {}) as Record<string, unknown>, options.host ?? {}),
  } as T;
}
