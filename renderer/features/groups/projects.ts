import { composeProjectLabel, type ForeignView, type Workload } from '../../../electron/bridge/contract.ts';
import type { Project } from './take-down.tsx';

/** The engine that a workload names; null for its driver's default one. */
const engineOf = (spec: Workload['spec']): string | null => {
  const named = spec.settings['endpoint'];
  return typeof named === 'string' ? named : null;
};

/** The projects of containers that others made, with the containers' names; those that have a group of ours are left out. Pure. */
export function projectsOf(
  foreign: readonly ForeignView[],
  workloads: readonly Pick<Workload, 'spec'>[],
): (Project & { names: string[] })[] {
  const found = new Map<string, Project & { names: string[] }>();
  for (const { driver, project, endpoint, name } of foreign) {
    const isOurs = workloads.some(
      ({ spec }) => spec.labels[composeProjectLabel] === project && engineOf(spec) === (endpoint ?? null),
    );
    if (project === undefined || isOurs) continue;
    const key = JSON.stringify([driver, endpoint, project]);
    const one = found.get(key) ?? { driver, project, ...(endpoint === undefined ? {} : { endpoint }), names: [] };
    one.names.push(name);
    found.set(key, one);
  }
  return [...found.values()].sort((a, b) => a.project.localeCompare(b.project));
}

/** Where the project of a group is: the engine of its first workload, since two engines may have one of the same name. Null without workloads. Pure. */
export function projectOfGroup(
  value: string,
  workloads: readonly (Pick<Workload, 'spec'> | undefined)[],
): Project | null {
  const first = workloads.find((one) => one !== undefined);
  if (first === undefined) return null;
  const endpoint = engineOf(first.spec);
  return { driver: first.spec.driver, project: value, ...(endpoint === null ? {} : { endpoint }) };
}
