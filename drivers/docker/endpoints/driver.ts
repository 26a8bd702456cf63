import type { Capability, Driver, DriverEvent, EngineEndpoint, Foreign, Probe } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { DockerDriverOptions } from '../driver.ts';
import { defaultName } from './list.ts';
import { type Member, openMembers } from './members.ts';
import { openMerge } from './merge.ts';
import { engineIdOf, openAskers } from './once.ts';
import { endpointOf, routed, tagged, workloadOf } from './route.ts';
import { openStores } from './stores.ts';

/**
 * Docker with all engines that the user's environment and contexts name. A workload names its engine in
 * `settings.endpoint`; each engine has records of its own, and one that hangs delays no other. Contexts that come and go are
 * seen while it runs; workloads of one that is gone are `unknown` until it is back.
 */
export function createDockerEndpoints(options: DockerDriverOptions): Driver {
  const members = openMembers(options);
  const { first } = members;
  const closing = new AbortController();
  /** Where a foreign container was seen last: its id says nothing about the engine. */
  const seen = new Map<string, string>();
  const known = (name: string): Member | undefined => members.find(name);
  const find = (name: string): Member => {
    const found = known(name);
    if (found !== undefined) return found;
    throw new NovaError(
      'not_found',
      `There is no Docker endpoint ${JSON.stringify(name)}; there are ${members
        .all()
        .map((member) => member.name)
        .join(', ')}. \`docker context ls\` lists yours.`,
      { details: { field: 'settings.endpoint' } },
    );
  };
  const gone = (name: string): string =>
    `its endpoint ${name} is not among Docker's contexts any more; it is found again when the context is back`;
  /** The engine of a workload that is there already. Throws `engine_unavailable` when its context is gone: the workload is not. */
  const findFor = (name: string, workload: string): Member => {
    const found = known(name);
    if (found !== undefined) return found;
    throw new NovaError('engine_unavailable', `${workload}: ${gone(name)}.`, {
      retryable: true,
      details: { fixes: [`Make the context again: docker context create ${name} --docker host=ADDRESS`] },
    });
  };
  const askers = openAskers(members);
  const pick = (args: readonly unknown[]): Driver => {
    const name = endpointOf(args) ?? defaultName;
    const workload = workloadOf(args);
    return (workload === null ? find(name) : findFor(name, workload)).driver;
  };
  const base = first.driver;
  const whole = routed(
    base,
    (args) => pick(args),
    (value, name) => (name === defaultName ? value : tagged(value, name)),
  );
  const driver: Driver = {
    ...whole,
    ...openStores({ members, askers, whole }),
    name: 'docker',
    settingsSchema: base.settingsSchema,
    async *probe(signal) {
      let failure: { error: unknown } | null = null;
      const stop = new AbortController();
      const merged = openMerge<null>(AbortSignal.any([signal, closing.signal, stop.signal]), (error) => {
        failure = { error };
        stop.abort();
      });
      const add = (member: Member): void =>
        merged.add(
          (async function* () {
            for await (const probe of member.driver.probe(merged.signal)) {
              member.probe = probe;
              yield null;
            }
          })(),
        );
      const forget = members.onChange((come) => {
        come.forEach(add);
        merged.put(null);
      });
      members.all().forEach(add);
      try {
        for await (const _ of merged.values()) {
          const now = mergeProbes(members.all(), members.current().name);
          if (now !== null) yield now;
        }
      } finally {
        forget();
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
    },
    // It is asked for by name from then on, so that it stays there when another context is chosen.
    place(spec) {
      const current = members.current();
      if (current === first || endpointOf([spec]) !== null) return spec;
      return { ...spec, settings: { ...spec.settings, endpoint: current.name } };
    },
    diff: (from, to) =>
      base
        .diff(from, to)
        .map((change) =>
          change.field === 'settings.endpoint'
            ? { ...change, effect: 'refused', why: 'A container stays in its engine; make a new one there.' }
            : change,
        ),
    // One that can't be asked is not answered for: what was half done there is finished when it is back.
    async recover(id, spec, handle, last) {
      return findFor(endpointOf([spec]) ?? defaultName, spec.name).driver.recover(id, spec, handle, last);
    },
    async inspect(ref) {
      const name = endpointOf([ref]) ?? defaultName;
      const member = known(name);
      return member === undefined ? { phase: 'unknown', reason: gone(name) } : member.driver.inspect(ref);
    },
    async *events(signal) {
      // Each ends with the signal or its engine alone; a stream that fails is begun again by its own driver.
      const merged = openMerge<DriverEvent>(AbortSignal.any([signal, closing.signal]), () => undefined);
      const add = (member: Member): void => merged.add(member.driver.events(merged.signal));
      const forget = members.onChange((come) => {
        come.forEach(add);
        merged.put({ type: 'resync' });
        merged.put({ type: 'foreign' });
      });
      members.all().forEach(add);
      try {
        yield* merged.values();
      } finally {
        forget();
      }
    },
    async discover(asked) {
      const listed = await askers.all(async (one) => (await one.discover?.(asked)) ?? [], foreignToAll);
      // One engine whose second name has not answered yet tells the same containers twice.
      const found = [...new Map(listed.toReversed().map((one) => [one.engineId, one])).values()].toReversed();
      for (const one of found) seen.set(one.engineId, one.endpoint ?? defaultName);
      return found;
    },
    async adopt(engineId, id) {
      const member = find(seen.get(engineId) ?? defaultName);
      const adopted = await member.driver.adopt?.(engineId, id);
      if (adopted === undefined) throw new NovaError('unsupported', 'Docker can not adopt.');
      if (member === first) return adopted;
      const settings = { ...adopted.spec.settings, endpoint: member.name };
      return { ...adopted, spec: { ...adopted.spec, settings } };
    },
    async close() {
      closing.abort();
      await members.close();
    },
  };
  return driver;
}

/** Of one engine with several names, each with records of its own: what is in none of them, and with `own` what is in one. Pure. */
export function foreignToAll(lists: Foreign[][]): Foreign[] {
  const byId = Map.groupBy(lists.flat(), (one) => one.engineId);
  return [...byId.values()].flatMap((same) => {
    // Only those of a record say how they were made.
    const own = same.find((one) => one.spec !== undefined);
    const strange = same.length === lists.length ? (same.find((one) => one.ours) ?? same[0]) : undefined;
    return own ?? strange ?? [];
  });
}

/**
 * What is told of several engines: the first one's state where it is well, else that of the first that is. `current` is where new
 * workloads go. Null before any answered. Pure.
 */
export function mergeProbes(
  members: readonly { name: string; address: string; probe: Probe | null }[],
  current: string,
): Probe | null {
  const known = members.filter((member) => member.probe !== null);
  const sameAs = (member: { name: string; probe: Probe | null }): Pick<EngineEndpoint, 'sameAs'> => {
    const id = engineIdOf(member);
    const leader = id === null ? undefined : members.find((other) => engineIdOf(other) === id);
    return leader === undefined || leader.name === member.name ? {} : { sameAs: leader.name };
  };
  const shown = known.find((member) => member.probe?.health === 'healthy') ?? known[0];
  if (shown?.probe == null) return null;
  const endpoints = members.map(
    ({ name, address, probe }): EngineEndpoint => ({
      name,
      ...sameAs({ name, probe }),
      address,
      health: probe?.health ?? 'undetected',
      summary: probe?.summary ?? `${address} has not answered yet.`,
      attributes: probe?.attributes ?? {},
      ...(name === current ? { current: true } : {}),
      ...(probe === null ? {} : { capabilities: probe.capabilities }),
    }),
  );
  // One engine is that engine and nothing more.
  if (members.length === 1) return shown.probe;
  return {
    ...shown.probe,
    capabilities: { ...shown.probe.capabilities, services: mergedServices(known, shown.probe) },
    endpoints,
  };
}

/** Services can be listed where any engine manages a cluster. */
function mergedServices(members: readonly { name: string; probe: Probe | null }[], shown: Probe): Capability {
  const own = shown.capabilities.services;
  const other = members.find((member) => member.probe?.capabilities.services.available === true);
  return own.available || other === undefined ? own : { available: true, note: `in ${other.name}` };
}
