import { existsSync, realpathSync } from 'node:fs';
import { type Endpoint, localSocket, readContexts } from '../engine/endpoint.ts';
import type { Home } from './home.ts';

/** The name of the engine of workloads that name none. */
export const defaultName = 'default';

/** One engine by its name. */
export type NamedEndpoint = { name: string; endpoint: Endpoint };

/**
 * All engines that the user's environment and contexts name; the home one first. Two names of one address or socket are one engine, unless
 * `keeps` says that workloads go by the second name. The home's own context is left out.
 */
export function listEndpoints(
  env: Record<string, string | undefined>,
  home: Home,
  keeps: (name: string) => boolean = () => false,
): NamedEndpoint[] {
  const found: NamedEndpoint[] = [{ name: defaultName, endpoint: home.endpoint }];
  // The usual socket beside another default, where an engine has made it.
  const local: NamedEndpoint[] = existsSync(localSocket)
    ? [{ name: 'local', endpoint: { address: `unix://${localSocket}`, socketPath: localSocket } }]
    : [];
  for (const one of [...readContexts(env), ...local]) {
    if (one.name === defaultName || one.name === home.context) continue;
    const same = found.some((other) => isSamePlace(other.endpoint, one.endpoint));
    if (found.some((other) => other.name === one.name) || (same && !keeps(one.name))) continue;
    found.push(one);
  }
  return found;
}

/** The file that a socket's name leads to; the name where nothing is there now. */
function socketOf({ socketPath = '' }: Endpoint): string {
  try {
    return realpathSync(socketPath);
  } catch {
    return socketPath;
  }
}

/** Whether two addresses are one place. Engines that can be reached at several are told apart only by what they answer. */
export function isSamePlace(one: Endpoint, other: Endpoint): boolean {
  if (one.socketPath === undefined || other.socketPath === undefined) return one.address === other.address;
  return socketOf(one) === socketOf(other);
}
