import { existsSync } from 'node:fs';
import { type Endpoint, localSocket, readContexts } from '../engine/endpoint.ts';
import type { Home } from './home.ts';

/** The name of the engine of workloads that name none. */
export const defaultName = 'default';

/** One engine by its name. */
export type NamedEndpoint = { name: string; endpoint: Endpoint };

/**
 * All engines that the user's environment and contexts name; the home one first. Two names of one address are one engine, unless
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
    const same = found.some((other) => other.endpoint.address === one.endpoint.address);
    if (found.some((other) => other.name === one.name) || (same && !keeps(one.name))) continue;
    found.push(one);
  }
  return found;
}
