import { createHash } from 'node:crypto';
import type { Driver, Probe } from '../../driver.ts';
import { createDockerDriver, type DockerDriverOptions } from '../driver.ts';
import { type Endpoint, noContext, readContexts, readCurrentContext, resolveEndpoint } from '../engine/endpoint.ts';
import { hasRecords, openHome, recordsOf } from './home.ts';
import { defaultName, isSamePlace, listEndpoints, type NamedEndpoint } from './list.ts';
import { watchContexts } from './watch.ts';

/** One engine that the user has, with its driver. */
export type Member = {
  name: string;
  address: string;
  endpoint: Endpoint;
  /** What reaches it, certificates included, as one word: another one is another engine or another way to it. */
  way: string;
  driver: Driver;
  /** The last probe, or null before the first. */
  probe: Probe | null;
};

/** The engines of the user's environment and contexts as they are now. The first is the home of workloads that name none, and stays. */
export type Members = {
  all(): readonly Member[];
  readonly first: Member;
  /** The one of this name, by its own or by the name of its context. */
  find(name: string): Member | undefined;
  /** The one that the docker command would use now: where new workloads go that name none. */
  current(): Member;
  /** Called after an engine has come or gone, or another one became the current one. Returns what ends that. */
  onChange(listener: (come: readonly Member[], gone: readonly Member[]) => void): () => void;
  /** Idempotent. */
  close(): Promise<void>;
};

function wayOf(endpoint: Endpoint): string {
  const hash = createHash('sha256');
  for (const [key, value] of Object.entries(endpoint)) hash.update(`${key}=${String(value)}\n`);
  return hash.digest('hex');
}

/** Reads the contexts and goes on watching them. */
export function openMembers(options: DockerDriverOptions): Members {
  const { env, root } = options;
  const make = ({ name, endpoint }: NamedEndpoint, at: string): Member => {
    const driver = createDockerDriver({ ...options, root: at, endpoint });
    return { name, address: endpoint.address, endpoint, way: wayOf(endpoint), driver, probe: null };
  };
  const listeners = new Set<(come: readonly Member[], gone: readonly Member[]) => void>();
  const home = openHome(root, env);
  const first = make({ name: defaultName, endpoint: home.endpoint }, root);
  const listOthers = (): NamedEndpoint[] =>
    listEndpoints(env, home, (name) => hasRecords(recordsOf(root, name))).slice(1);
  let others = listOthers().map((one) => make(one, recordsOf(root, one.name)));
  const at = (endpoint: Endpoint): Member | undefined =>
    [first, ...others].find((member) => isSamePlace(member.endpoint, endpoint));
  const find = (name: string): Member | undefined => {
    const named = name === home.context ? first : [first, ...others].find((member) => member.name === name);
    if (named !== undefined) return named;
    // One that has two names is listed by one of them.
    const context = readContexts(env).find((one) => one.name === name);
    return context === undefined ? undefined : at(context.endpoint);
  };
  const current = (): Member => {
    if (home.context === null) return first;
    // Without an engine at the local socket nothing but the home is left.
    const chosen = readCurrentContext(env);
    const named = chosen === noContext ? undefined : find(chosen);
    return named ?? at(resolveEndpoint(env)) ?? first;
  };
  let now = current();
  const look = (): void => {
    const wanted = listOthers();
    const same = (member: Member): boolean =>
      wanted.some((one) => one.name === member.name && wayOf(one.endpoint) === member.way);
    const gone = others.filter((member) => !same(member));
    const stays = others.filter(same);
    const come = wanted
      .filter((one) => !stays.some((member) => member.name === one.name))
      .map((one) => make(one, recordsOf(root, one.name)));
    others = [...stays, ...come].sort((one, other) => one.name.localeCompare(other.name));
    const before = now;
    now = current();
    if (gone.length + come.length === 0 && now === before) return;
    for (const member of gone) void member.driver.close();
    for (const listener of listeners) listener(come, gone);
  };
  const unwatch = watchContexts(env, look);
  return {
    all: () => [first, ...others],
    first,
    find,
    current: () => now,
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
