import type { Driver, Probe } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Member } from './members.ts';

/** An engine that does not list what it has within this time is left out of a list of all, milliseconds. */
const listLimitMs = 8_000;

/** What tells an engine from others whatever leads to it; null before it has answered. */
export function engineIdOf({ probe }: { probe: Probe | null }): string | null {
  const id = probe?.attributes['engineId'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Members by the engine that they lead to, in their order: two names of one engine are one group. Pure. */
export function byEngine<T extends { name: string; probe: Probe | null }>(members: readonly T[]): [T, ...T[]][] {
  const groups = Map.groupBy(members, (member) => engineIdOf(member) ?? `? ${member.name}`);
  return [...groups.values()] as [T, ...T[]][];
}

/** Asks several engines at once, each of them once. */
export type Askers = {
  /** The engines that are well, by their members: the one whose name stands for it comes first. */
  engines(): Promise<[Member, ...Member[]][]>;
  /**
   * What all of them answer: `ask` is put to every name of an engine, since each has records of its own, and `join` makes one list of it. Those
   * that fail or hang are left out, unless none is left.
   */
  all<T extends object>(
    ask: (driver: Driver) => Promise<T[]>,
    join: (lists: T[][]) => T[],
    up?: (member: Member) => boolean,
  ): Promise<T[]>;
};

/** `first` is asked whether it is well or not: its failure is the one that is told. */
export function openAskers(members: { all(): readonly Member[]; readonly first: Member }): Askers {
  const { first } = members;
  const isUp = (member: Member): boolean => member === first || member.probe?.health === 'healthy';
  /** Asked right after the start, the others may be known before the first one is. */
  const identify = async (): Promise<void> => {
    if (first.probe !== null || members.all().length === 1) return;
    const over = new AbortController();
    try {
      const probe = await limited(firstOf(first.driver.probe(over.signal)), first.name);
      first.probe ??= probe;
    } catch {
      // It hangs, or its address is none: what is asked of it next tells so.
    } finally {
      over.abort();
    }
  };
  const engines = async (up = isUp): Promise<[Member, ...Member[]][]> => {
    await identify();
    return byEngine(members.all().filter(up));
  };
  return {
    engines,
    async all(ask, join, up) {
      const answers = await Promise.allSettled(
        (await engines(up)).map(async (group) => {
          const lists = await Promise.all(group.map((member) => limited(ask(member.driver), member.name)));
          // Only the first one's are without a name.
          const named = lists.map((list, at) => {
            const name = group[at]?.name ?? '';
            return group[at] === first ? list : list.map((one) => ({ ...one, endpoint: name }));
          });
          return join(named);
        }),
      );
      const failed = answers.find((answer) => answer.status === 'rejected');
      const good = answers.filter((answer) => answer.status === 'fulfilled');
      if (good.length === 0 && failed !== undefined) throw failed.reason;
      return good.flatMap((answer) => answer.value);
    },
  };
}

async function firstOf<T>(stream: AsyncIterable<T>): Promise<T | null> {
  for await (const value of stream) return value;
  return null;
}

/** Throws `timeout` for an engine that does not answer in time. */
export async function limited<T>(answer: Promise<T>, name: string): Promise<T> {
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

/** One list of what several names of one engine list: each thing once, used by all that any of them names. Pure. */
export function joinBy<T extends object>(keyOf: (one: T) => string): (lists: T[][]) => T[] {
  return (lists) => {
    const [own = [], ...others] = lists;
    if (others.length === 0) return own;
    return [...Map.groupBy(lists.flat(), keyOf).values()].map((same) => {
      const [one] = same as [T];
      if (!('usedBy' in one)) return one;
      const users = same.flatMap((each) => (each as { usedBy?: string[] }).usedBy ?? []);
      return { ...one, usedBy: [...new Set(users)] };
    });
  };
}
