import type { Driver } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { withTag } from '../images/names.ts';
import type { Member } from './members.ts';
import { type Askers, joinBy, limited } from './once.ts';
import { endpointOf, tagged } from './route.ts';

/** A thing of an engine: how it is called in a message, and whether an engine has it. `up`: which engines can. */
type Thing = { what: string; has: (driver: Driver) => Promise<boolean>; up?: (member: Member) => boolean };
/** Of a call that names no engine: it makes something, or it is about something that is there. */
type Rule = 'makes' | ((args: readonly unknown[]) => Thing);
type Group = 'images' | 'volumes' | 'networks' | 'services' | 'compose';

/** Whether something is there, for a question that throws `not_found`. */
async function isThere(question: Promise<unknown> | undefined): Promise<boolean> {
  try {
    await question;
    return question !== undefined;
  } catch (error) {
    if (error instanceof NovaError && error.code === 'not_found') return false;
    throw error;
  }
}

/** Whether an engine manages the services of a swarm. */
export const manages = (member: Pick<Member, 'probe'>): boolean =>
  member.probe?.capabilities.services.available === true;

const image = (id: unknown): Thing => ({
  what: `The image ${String(id)}`,
  has: (driver) => isThere(driver.images?.history?.(String(id))),
});
const allImages = (names: string[]): Thing => ({
  what: `Each of the images ${names.join(', ')}`,
  has: async (driver) => (await Promise.all(names.map((name) => image(name).has(driver)))).every(Boolean),
});
const volume = (name: unknown): Thing => ({
  what: `A volume ${String(name)}`,
  has: async (driver) => ((await driver.volumes?.list()) ?? []).some((one) => one.name === name),
});
const network = (id: unknown): Thing => ({
  what: `A network ${String(id)}`,
  has: async (driver) => ((await driver.networks?.list()) ?? []).some((one) => one.id === id || one.name === id),
});
const service = (id: unknown): Thing => ({
  what: `A service ${String(id)}`,
  has: (driver) => isThere(driver.services?.tasks?.(String(id))),
  up: manages,
});
const project = (name: string): Thing => ({
  what: `The project ${name}`,
  async has(driver) {
    const parts = await driver.compose?.parts?.(name);
    return parts !== undefined && parts.containers.length + parts.networks.length + parts.volumes.length > 0;
  },
});

/** The members of the contract's stores, by what a call without an engine's name is about. */
const rules: Record<Group, Record<string, Rule>> = {
  images: {
    pull: 'makes',
    import: 'makes',
    load: 'makes',
    build: 'makes',
    remove: ([, id]) => image(id),
    save: ([, names]) => allImages(names as string[]),
    tag: ([id]) => image(id),
    history: ([id]) => image(id),
  },
  volumes: { create: 'makes', remove: ([, name]) => volume(name) },
  networks: { create: 'makes', remove: ([, id]) => network(id) },
  services: { scale: ([, id]) => service(id), tasks: ([id]) => service(id) },
  compose: {
    up: 'makes',
    parts: ([name]) => project(String(name)),
    down: ([, options]) => project((options as { project: string }).project),
  },
};

/** What stores of several engines are made from. */
export type StoreParts = {
  members: {
    all(): readonly Member[];
    readonly first: Member;
    find(name: string): Member | undefined;
    current(): Member;
  };
  askers: Askers;
  /** The driver whose calls go to the engine that they name. */
  whole: Driver;
};

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * Images, volumes, networks, services and projects of several engines. What is made without an engine's name is made where new workloads go;
 * what is changed without one is changed in the only engine that has it. Throws `conflict` with the names where several have.
 */
export function openStores({ members, askers, whole }: StoreParts): Partial<Pick<Driver, Group>> {
  const { first } = members;
  const only = async ({ what, has, up = () => true }: Thing): Promise<Member> => {
    const engines = (await askers.engines()).filter(([member]) => up(member));
    const found = await Promise.all(
      engines.map(async ([member]): Promise<Member[]> => {
        const there = await limited(has(member.driver), member.name).catch(() => false);
        return there ? [member] : [];
      }),
    );
    const [one, ...more] = found.flat();
    // Where it is not at all the first one says so in its own way.
    if (one === undefined) return first;
    if (more.length === 0) return one;
    const names = [one, ...more].map((member) => member.name);
    throw new NovaError('conflict', `${what} is in several Docker engines: ${names.join(', ')}. Say which is meant.`, {
      details: {
        field: 'endpoint',
        endpoints: names,
        fixes: [`Name the engine: \`--endpoint ${names.at(-1)}\` on the command line, \`endpoint\` in a call.`],
      },
    });
  };
  /** Another name of the same engine has records of its own, and perhaps a snapshot that needs it. */
  const refuseUsed = async (group: Group, member: Member, id: string): Promise<void> => {
    const same = (await askers.engines()).find((each) => each.includes(member)) ?? [member];
    const isIt = (one: { id?: string; name?: string; names?: string[] }): boolean =>
      one.id === id || one.name === id || one.names?.includes(withTag(id)) === true;
    for (const other of same.filter((each) => each !== member)) {
      const { images, volumes } = other.driver;
      const list = group === 'images' ? await images?.list() : group === 'volumes' ? await volumes?.list() : [];
      const users = list?.find(isIt)?.usedBy ?? [];
      if (users.length > 0) throw new NovaError('conflict', `${id} is used by ${users.join(', ')}; remove them first.`);
    }
  };
  const called = (group: Group, key: string, rule: Rule, plain: Call): Call => {
    return async (...args) => {
      if (members.all().length === 1) return plain(...args);
      const named = endpointOf(args);
      const member =
        named !== null ? members.find(named) : rule === 'makes' ? members.current() : await only(rule(args));
      if (key === 'remove' && member !== undefined) await refuseUsed(group, member, String(args[1]));
      if (named !== null || member === undefined) return plain(...args);
      const owner = member.driver[group] as unknown as Record<string, Call>;
      const value = await (owner[key] as Call).apply(owner, args);
      return member === first ? value : tagged(value, member.name);
    };
  };
  const wrapped = (group: Group): object | undefined => {
    const plain = whole[group] as unknown as Record<string, Call> | undefined;
    return (
      plain &&
      Object.fromEntries(
        Object.entries(plain).map(([key, call]) => {
          const rule = rules[group][key];
          return [key, rule === undefined ? call : called(group, key, rule, call)];
        }),
      )
    );
  };
  const byName = joinBy((one: { name: string }) => one.name) as <T>(lists: T[][]) => T[];
  const byId = joinBy((one: { id: string }) => one.id) as <T>(lists: T[][]) => T[];
  const lists = {
    images: { list: () => askers.all(async (driver) => (await driver.images?.list()) ?? [], byId) },
    volumes: { list: () => askers.all(async (driver) => (await driver.volumes?.list()) ?? [], byName) },
    networks: { list: () => askers.all(async (driver) => (await driver.networks?.list()) ?? [], byId) },
    services: {
      // Those of engines that manage a cluster; where none does, the default one says why.
      list: async () =>
        members.all().some(manages)
          ? askers.all(async (driver) => (await driver.services?.list()) ?? [], byId, manages)
          : ((await first.driver.services?.list()) ?? []),
    },
    compose: {},
  };
  return Object.fromEntries(
    (Object.keys(rules) as Group[])
      .filter((group) => whole[group] !== undefined)
      .map((group) => [group, { ...wrapped(group), ...lists[group] }]),
  );
}
