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
