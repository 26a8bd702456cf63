import { NovaError } from '../errors.ts';
import type { WorkloadSpec } from '../spec.ts';
import { type DockerSettings, dockerSettingsSchema } from './settings.ts';

/** The first of several that comes twice, by its key. */
function twice<T>(list: readonly T[], key: (one: T) => string | null): number {
  const seen = new Set<string>();
  return list.findIndex((one) => {
    const name = key(one);
    if (name === null || !seen.has(name)) {
      if (name !== null) seen.add(name);
      return false;
    }
    return true;
  });
}

/** What each field allows and all together do not: the field at fault and why. Pure. */
export function conflictOf(spec: WorkloadSpec, settings: DockerSettings): { field: string; why: string } | null {
  if (spec.name.length < 2) return { field: 'name', why: 'The name of a container has at least two characters.' };
  const memory = spec.resources.memoryBytes;
  const { memorySwapBytes: swap, memoryReservationBytes: reservation } = settings;
  if (swap !== undefined && memory === undefined)
    return { field: 'settings.memorySwapBytes', why: 'A limit of memory and swap needs a memory limit.' };
  if (swap !== undefined && swap !== -1 && memory !== undefined && swap < memory)
    return { field: 'settings.memorySwapBytes', why: 'Memory and swap together can not be less than the memory.' };
  if (reservation !== undefined && memory !== undefined && reservation > memory)
    return { field: 'settings.memoryReservationBytes', why: 'The reservation is more than the memory limit.' };
  const upside = settings.ulimits.findIndex((one) => one.hard !== -1 && (one.soft === -1 || one.soft > one.hard));
  if (upside !== -1) return { field: `settings.ulimits.${upside}.soft`, why: 'The soft limit is above the hard one.' };
  const limit = twice(settings.ulimits, (one) => one.name);
  if (limit !== -1) return { field: `settings.ulimits.${limit}.name`, why: 'This limit stands twice.' };
  const mount = twice(settings.mounts, (one) => one.target.replace(/\/+$/, '') || '/');
  if (mount !== -1) return { field: `settings.mounts.${mount}.target`, why: 'Something is mounted there already.' };
  const root = settings.mounts.findIndex((one) => /^\/+$/.test(one.target));
  if (root !== -1) return { field: `settings.mounts.${root}.target`, why: 'The root itself can not be mounted over.' };
  const port = twice(settings.ports, (one) =>
    one.hostPort === 0 ? null : `${one.hostAddress} ${one.hostPort} ${one.protocol}`,
  );
  if (port !== -1) return { field: `settings.ports.${port}.hostPort`, why: 'This port is published twice.' };
  const alone = settings.network === 'host' || settings.network === 'none';
  if (settings.aliases.length > 0 && (settings.network === undefined || alone || settings.network === 'bridge'))
    return { field: 'settings.aliases', why: 'Names are known in a network of its own only; name one in `network`.' };
  if (settings.networks.length > 0 && alone)
    return { field: 'settings.networks', why: `A container on the network ${settings.network} can join no other.` };
  const joined = twice([{ name: settings.network ?? 'bridge' }, ...settings.networks], (one) => one.name);
  if (joined !== -1) return { field: `settings.networks.${joined - 1}.name`, why: 'It joins this network already.' };
  if (settings.ports.length > 0 && settings.network === 'host')
    return { field: 'settings.ports', why: "On the host's network all ports are open already." };
  const both = settings.capAdd.find((one) => one !== 'ALL' && settings.capDrop.includes(one));
  if (both !== undefined) return { field: 'settings.capDrop', why: `${both} is added and dropped.` };
  return null;
}

/** Checks the driver's part of a spec and completes it. Throws `invalid_spec` with the field at fault. */
export function checkDockerSpec(spec: WorkloadSpec): WorkloadSpec {
  const refuse = (field: string, why: string): never => {
    throw new NovaError('invalid_spec', `${spec.name}: ${field}: ${why}`, { details: { field, why } });
  };
  const parsed = dockerSettingsSchema.safeParse(spec.settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(['settings', ...(issue?.path ?? [])].join('.'), issue?.message ?? 'not valid');
  }
  const conflict = conflictOf(spec, parsed.data);
  if (conflict !== null) return refuse(conflict.field, conflict.why);
  return { ...spec, settings: parsed.data };
}
