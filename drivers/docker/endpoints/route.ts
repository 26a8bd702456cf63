import type { Driver } from '../../driver.ts';

/** Members that answer with a stream. */
const streams = new Set(['probe', 'events', 'stats', 'logs']);

/** A stream that fails when it is read. */
function failing(error: unknown): AsyncIterable<never> {
  const next = async (): Promise<never> => {
    throw error;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

type Call = (...args: unknown[]) => unknown;

/** The endpoint that a call is about: named by a spec, by a reference to a workload, or by the options of a store. Null for the default one. Pure. */
export function endpointOf(args: readonly unknown[]): string | null {
  for (const arg of args) {
    if (typeof arg !== 'object' || arg === null) continue;
    const { spec, settings, endpoint } = arg as {
      spec?: { settings?: { endpoint?: unknown } };
      settings?: { endpoint?: unknown };
      endpoint?: unknown;
    };
    const name = spec?.settings?.endpoint ?? settings?.endpoint ?? endpoint;
    if (typeof name === 'string') return name;
  }
  return null;
}

/** The name of the workload that a call is about, or null. Pure. */
export function workloadOf(args: readonly unknown[]): string | null {
  for (const arg of args) {
    const isRef = typeof arg === 'object' && arg !== null && 'handle' in arg && 'name' in arg;
    if (isRef) return String(arg.name);
  }
  return null;
}

/** Says of what a store answered which engine has it. Pure. */
export function tagged(value: unknown, endpoint: string): unknown {
  if (Array.isArray(value)) return value.map((one) => tagged(one, endpoint));
  // Images, volumes and networks, and the parts of a project.
  const isStored = typeof value === 'object' && value !== null && ('usedBy' in value || 'containers' in value);
  return isStored ? { ...value, endpoint } : value;
}

/**
 * A driver with the members of `base` whose calls go to the driver that `pick` chooses by their arguments. It follows what
 * the base has, so that a group that is added needs nothing here.
 */
export function routed(
  base: Driver,
  pick: (args: readonly unknown[]) => Driver,
  tag: (value: unknown, endpoint: string) => unknown,
): Driver {
  const call =
    (path: readonly string[]): Call =>
    (...args) => {
      let owner: unknown;
      try {
        owner = pick(args);
      } catch (error) {
        // An endpoint that is not known fails the call in the way in which the call would fail.
        return streams.has(path.join('.')) ? failing(error) : Promise.reject(error);
      }
      for (const part of path.slice(0, -1)) owner = (owner as Record<string, unknown>)[part];
      const member = (owner as Record<string, Call>)[path.at(-1) ?? ''] as Call;
      const answer = member.apply(owner, args);
      const endpoint = endpointOf(args);
      return endpoint !== null && answer instanceof Promise ? answer.then((value) => tag(value, endpoint)) : answer;
    };
  const groupOf = (name: string, group: object): object =>
    Object.fromEntries(
      Object.entries(group).map(([key, value]) => [key, typeof value === 'function' ? call([name, key]) : value]),
    );
  const members = Object.entries(base).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'function') return [key, call([key])];
    // A schema is a value of the contract and no group of calls.
    const isGroup = typeof value === 'object' && value !== null && key !== 'settingsSchema';
    return [key, isGroup ? groupOf(key, value) : value];
  });
  return Object.fromEntries(members) as Driver;
}
