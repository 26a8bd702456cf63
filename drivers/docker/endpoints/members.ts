import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Driver, Probe } from '../../driver.ts';
import { createDockerDriver, type DockerDriverOptions } from '../driver.ts';
import type { Endpoint } from '../engine/endpoint.ts';
import { listEndpoints, type NamedEndpoint } from './list.ts';
import { watchContexts } from './watch.ts';

/** One engine that the user has, with its driver. */
export type Member = {
  name: string;
  address: string;
  /** What reaches it, certificates included, as one word: another one is another engine or another way to it. */
  way: string;
  driver: Driver;
  /** The last probe, or null before the first. */
  probe: Probe | null;
};

/** The engines of the user's environment and contexts as they are now. The default one is first and stays the one of the start. */
export type Members = {
  all(): readonly Member[];
  readonly first: Member;
  /** Called after an engine has come or gone. Returns what ends that. */
  onChange(listener: (come: readonly Member[], gone: readonly Member[]) => void): () => void;
  /** Idempotent. */
  close(): Promise<void>;
};

function wayOf(endpoint: Endpoint): string {
  const hash = createHash('sha256');
  for (const [key, value] of Object.entries(endpoint)) hash.update(`${key}=${String(value)}\n`);
  return hash.digest('hex');
}

/** Reads the contexts and goes on watching them. Throws `invalid_spec` when DOCKER_HOST is no address. */
export function openMembers(options: DockerDriverOptions): Members {
  const make = ({ name, endpoint }: NamedEndpoint, isFirst: boolean): Member => {
    const root = isFirst ? options.root : join(options.root, 'endpoints', encodeURIComponent(name));
    const driver = createDockerDriver({ ...options, root, endpoint });
    return { name, address: endpoint.address, way: wayOf(endpoint), driver, probe: null };
  };
  const listeners = new Set<(come: readonly Member[], gone: readonly Member[]) => void>();
  const [firstListed, ...listed] = listEndpoints(options.env);
  const first = make(firstListed as NamedEndpoint, true);
  let others = listed.map((one) => make(one, false));
  const look = (): void => {
    // The default engine of the start stays: what is stored of it belongs to no other.
    const wanted = listEndpoints(options.env, first.address).slice(1);
    const same = (member: Member): boolean =>
      wanted.some((one) => one.name === member.name && wayOf(one.endpoint) === member.way);
    const gone = others.filter((member) => !same(member));
    const stays = others.filter(same);
    const come = wanted
      .filter((one) => !stays.some((member) => member.name === one.name))
      .map((one) => make(one, false));
    if (gone.length + come.length === 0) return;
    others = [...stays, ...come].sort((one, other) => one.name.localeCompare(other.name));
    for (const member of gone) void member.driver.close();
    for (const listener of listeners) listener(come, gone);
  };
  const unwatch = watchContexts(options.env, look);
  return {
    all: () => [first, ...others],
    first,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      unwatch();
      await Promise.all([first, ...others].map((member) => member.driver.close()));
    },
  };
}
