import type { ContainerInspectInfo } from 'dockerode';
import { mostPorts, publishSchema } from './settings-ports.ts';

/** Published ports in the engine's own words: port inside with its protocol -> where on its machine. */
export type PortBindings = Record<string, { HostIp?: string; HostPort?: string }[] | null>;

/**
 * The published ports of an existing container as settings, and in the engine's own words those that settings have no word for: a
 * range to choose from, SCTP, or all of them where they are too many to be shown one by one. Pure.
 */
export function adoptedPorts(info: { HostConfig: Pick<ContainerInspectInfo['HostConfig'], 'PortBindings'> }): {
  ports: Record<string, unknown>[];
  bindings: PortBindings | null;
} {
  const all = Object.entries((info.HostConfig.PortBindings ?? {}) as PortBindings);
  const plain = all.flatMap(([key, bindings]) => {
    const [port, protocol] = key.split('/');
    const ports = (bindings ?? []).map((binding) => ({
      hostAddress: binding.HostIp || '0.0.0.0',
      hostPort: Number(binding.HostPort || 0),
      containerPort: Number(port),
      protocol: protocol ?? 'tcp',
    }));
    const known = ports.length > 0 && ports.every((one) => publishSchema.safeParse(one).success);
    return known ? [{ key, ports }] : [];
  });
  const shown = plain.flatMap((one) => one.ports);
  const ports = shown.length > mostPorts ? [] : shown;
  const told = new Set(ports.length === 0 ? [] : plain.map((one) => one.key));
  const left = all.filter(([key]) => !told.has(key));
  return { ports, bindings: left.length === 0 ? null : Object.fromEntries(left) };
}
