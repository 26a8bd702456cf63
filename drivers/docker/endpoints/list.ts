import { existsSync } from 'node:fs';
import { type Endpoint, localSocket, readContexts, resolveEndpoint } from '../engine/endpoint.ts';

/** The name of the engine that the docker command would use here. */
export const defaultName = 'default';

/** One engine by its name. */
export type NamedEndpoint = { name: string; endpoint: Endpoint };

/**
 * All engines that the user's environment and contexts name; the default one first. Two names of one address are one engine.
 * Throws `invalid_spec` when DOCKER_HOST is no address. With `defaultAddress` the default one is taken as known and the rest are listed beside it.
 */
export function listEndpoints(env: Record<string, string | undefined>, defaultAddress?: string): NamedEndpoint[] {
  const first = defaultAddress === undefined ? resolveEndpoint(env) : { address: defaultAddress };
  const found: NamedEndpoint[] = [{ name: defaultName, endpoint: first }];
  // The usual socket beside another default, where an engine has made it.
  const local: NamedEndpoint[] = existsSync(localSocket)
    ? [{ name: 'local', endpoint: { address: `unix://${localSocket}`, socketPath: localSocket } }]
    : [];
  for (const one of [...readContexts(env), ...local]) {
    const known = found.some((other) => other.endpoint.address === one.endpoint.address || other.name === one.name);
    if (!known && one.name !== defaultName) found.push(one);
  }
  return found;
}
