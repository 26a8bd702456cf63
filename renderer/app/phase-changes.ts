import type { Phase, Workload } from '../../electron/bridge/contract.ts';

/** The workloads whose phase differs between two states. Unchanged records are skipped by identity. */
export function phaseChanges(
  before: Readonly<Record<string, Workload>>,
  after: Readonly<Record<string, Workload>>,
): { id: string; name: string; phase: Phase }[] {
  return Object.values(after)
    .filter((workload) => {
      const old = before[workload.id];
      return old !== undefined && old !== workload && old.observation.phase !== workload.observation.phase;
    })
    .map((workload) => ({ id: workload.id, name: workload.spec.name, phase: workload.observation.phase }));
}

/** The workloads that need somebody since the state before, and what is wrong with each. Unchanged records are skipped by identity. */
export function newTroubles(
  before: Readonly<Record<string, Workload>>,
  after: Readonly<Record<string, Workload>>,
): { id: string; name: string; attention: string }[] {
  return Object.values(after).flatMap((workload) => {
    const { attention } = workload.observation;
    const old = before[workload.id];
    const isNew = old !== undefined && old !== workload && old.observation.attention === undefined;
    return isNew && attention !== undefined ? [{ id: workload.id, name: workload.spec.name, attention }] : [];
  });
}
