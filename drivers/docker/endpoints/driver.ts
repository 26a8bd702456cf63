import { join } from 'node:path';
import type { Driver, EngineEndpoint, Probe } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { createDockerDriver, type DockerDriverOptions } from '../driver.ts';
import { defaultName, listEndpoints } from './list.ts';
import { merge } from './merge.ts';
import { endpointOf, routed, tagged } from './route.ts';

/** An engine that does not list what it has within this time is left out of a list of all, milliseconds. */
const listLimitMs = 8_000;

type Member = { name: string; address: string; driver: Driver; probe: Probe | null };

/**
 * Docker with all engines that the user's environment and contexts name. A workload names its engine in
 * `settings.endpoint`; each engine has records of its own, and one that hangs delays no other. With one engine it is that
 * engine's driver and nothing more.
 */
export function createDockerEndpoints(options: DockerDriverOptions): Driver {
  const members = listEndpoints(options.env).map(({ name, endpoint }, index): Member => {
    const root = index === 0 ? options.root : join(options.root, 'endpoints', encodeURIComponent(name));
    return { name, address: endpoint.address, driver: createDockerDriver({ ...options, root, endpoint }), probe: null };
  });
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) return (first as Member).driver;
  /** Where a foreign container was seen last: its id says nothing about the engine. */
  const seen = new Map<string, string>();
  const find = (name: string): Member => {
    const found = members.find((member) => member.name === name);
    if (found !== undefined) return found;
    throw new NovaError(
      'not_found',
      `There is no Docker endpoint ${JSON.stringify(name)}; there are ${members.map((member) => member.name).join(', ')}. \`docker context ls\` lists yours.`,
      { details: { field: 'settings.endpoint' } },
    );
  };
  const isUp = (member: Member): boolean => member === first || member.probe?.health === 'healthy';
  /** What all engines that are well answer; those that fail or hang are left out, unless none is left. */
  const all = async <T extends object>(ask: (driver: Driver) => Promise<T[]>): Promise<T[]> => {
    const answers = await Promise.allSettled(
      members.filter(isUp).map(async (member) => {
        const list = await limited(ask(member.driver), member.name);
        return member === first ? list : list.map((one) => ({ ...one, endpoint: member.name }));
      }),
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    const good = answers.filter((answer) => answer.status === 'fulfilled');
    if (good.length === 0 && failed !== undefined) throw failed.reason;
    return good.flatMap((answer) => answer.value);
  };
  const pick = (args: readonly unknown[]): Driver => find(endpointOf(args) ?? defaultName).driver;
  const base = first.driver;
  const whole = routed(base, (args) => pick(args), tagged);
  const driver: Driver = {
    ...whole,
    name: 'docker',
    settingsSchema: base.settingsSchema,
    async *probe(signal) {
      const streams = members.map(async function* (member): AsyncIterable<Probe> {
        for await (const probe of member.driver.probe(signal)) {
          member.probe = probe;
          yield probe;
        }
      });
      const ends = (error: unknown): void => {
        if (!signal.aborted) throw error;
      };
      for await (const _ of merge(streams, ends)) {
        const now = mergeProbes(members);
        if (now !== null) yield now;
      }
    },
    diff: (from, to) =>
      base
        .diff(from, to)
        .map((change) =>
          change.field === 'settings.endpoint'
            ? { ...change, effect: 'refused', why: 'A container stays in its engine; make a new one there.' }
            : change,
        ),
    async recover(id, spec, handle) {
      const name = endpointOf([spec]) ?? defaultName;
      const member = members.find((one) => one.name === name);
      if (member !== undefined) return member.driver.recover(id, spec, handle);
      const reason = `its endpoint ${name} is not among Docker's contexts any more`;
      return { observation: { phase: 'unknown', reason }, handle };
    },
    async *events(signal) {
      // Each ends with the signal alone; a stream that fails is begun again by its own driver.
      yield* merge(
        members.map((member) => member.driver.events(signal)),
        () => undefined,
      );
    },
    async discover(asked) {
      const found = await all(async (one) => (await one.discover?.(asked)) ?? []);
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
      await Promise.all(members.map((member) => member.driver.close()));
    },
  };
  if (whole.images !== undefined) {
    driver.images = { ...whole.images, list: () => all(async (one) => (await one.images?.list()) ?? []) };
  }
  if (whole.volumes !== undefined) {
    driver.volumes = { ...whole.volumes, list: () => all(async (one) => (await one.volumes?.list()) ?? []) };
  }
  if (whole.networks !== undefined) {
    driver.networks = { ...whole.networks, list: () => all(async (one) => (await one.networks?.list()) ?? []) };
  }
  return driver;
}

async function limited<T>(answer: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new NovaError('timeout', `The Docker endpoint ${name} does not answer.`, { retryable: true }));
    }, listLimitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is told of several engines: the default one's state where it is well, else that of the first that is. Null before any answered. */
export function mergeProbes(members: readonly { name: string; address: string; probe: Probe | null }[]): Probe | null {
  const known = members.filter((member) => member.probe !== null);
  const shown = known.find((member) => member.probe?.health === 'healthy') ?? known[0];
  if (shown?.probe == null) return null;
  const endpoints = members.map(
    ({ name, address, probe }): EngineEndpoint => ({
      name,
      address,
      health: probe?.health ?? 'undetected',
      summary: probe?.summary ?? `${address} has not answered yet.`,
      attributes: probe?.attributes ?? {},
      ...(probe === null ? {} : { capabilities: probe.capabilities }),
    }),
  );
  return { ...shown.probe, endpoints };
}
