import type { Workload } from '../../../electron/bridge/contract.ts';

/** Shown before anything is typed; all are found by typing. */
const mostUntyped = 8;
const mostTyped = 50;

/** The workloads that a typed text may mean, the best first: begins with it, then contains it. Trashed ones are left out. */
export function findWorkloads(workloads: readonly Workload[], text: string): Workload[] {
  const wish = text.trim().toLowerCase();
  const alive = workloads.filter((one) => one.trashedUntilMs === null);
  if (wish === '') return alive.sort((a, b) => b.createdAtMs - a.createdAtMs).slice(0, mostUntyped);
  const rank = (one: Workload) => {
    const at = one.spec.name.toLowerCase().indexOf(wish);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  return alive
    .filter((one) => rank(one) < 2)
    .sort(
      (a, b) => rank(a) - rank(b) || a.spec.name.length - b.spec.name.length || (a.spec.name < b.spec.name ? -1 : 1),
    )
    .slice(0, mostTyped);
}

/** A verb on a workload, with its words. */
export type Action<V> = { verb: V; word: string; workload: Workload };

/**
 * The verbs on workloads that a typed text may mean: each word of it is in the verb's words or in the name, and at least one in the verb's.
 * What can hurt (`danger`) is found by a word of the name too, and only then. Workloads with a named word come first, then the newest.
 */
export function findActions<V>(
  workloads: readonly Workload[],
  verbsOf: (workload: Workload) => readonly { verb: V; word: string; danger: boolean }[],
  text: string,
): Action<V>[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return workloads
    .filter((one) => one.trashedUntilMs === null)
    .flatMap((workload) => {
      const name = workload.spec.name.toLowerCase();
      const named = words.filter((word) => name.includes(word)).length;
      return verbsOf(workload)
        .filter(({ word, danger }) => {
          const verb = word.toLowerCase();
          const told = words.some((one) => verb.includes(one));
          const fits = words.every((one) => verb.includes(one) || name.includes(one));
          return told && fits && (!danger || named > 0);
        })
        .map(({ verb, word }) => ({ verb, word, workload, named }));
    })
    .sort((a, b) => b.named - a.named || b.workload.createdAtMs - a.workload.createdAtMs)
    .slice(0, mostUntyped)
    .map(({ verb, word, workload }) => ({ verb, word, workload }));
}
