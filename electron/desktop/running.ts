import type { State, StateMessage } from '../bridge/contract.ts';

/** A machine that runs, as the tray shows it. */
export type RunningWorkload = { id: string; name: string; phase: string };

/** Keeps the running workloads of a state stream, by name. */
export function createRunningList(): { apply(message: StateMessage): RunningWorkload[] } {
  const workloads = new Map<string, State['workloads'][number]>();
  return {
    apply(message) {
      if (message.type === 'snapshot') {
        workloads.clear();
        for (const workload of message.state.workloads) workloads.set(workload.id, workload);
      } else {
        for (const change of message.changes) {
          if (change.collection !== 'workloads') continue;
          if (change.value === null) workloads.delete(change.key);
          else workloads.set(change.key, change.value);
        }
      }
      return [...workloads.values()]
        .filter(({ observation }) => observation.phase === 'running' || observation.phase === 'paused')
        .map(({ id, spec, observation }) => ({ id, name: spec.name, phase: observation.phase }))
        .sort((a, b) => a.name.localeCompare(b.name));
    },
  };
}
