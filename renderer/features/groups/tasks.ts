import type { Phase, ServiceTaskView } from '../../../electron/bridge/contract.ts';

/** Swarm's words for what a task does, as the phases that the window draws. Source: SwarmKit, `api/types.proto`, TaskState. */
const phases: Readonly<Record<string, Phase>> = {
  running: 'running',
  complete: 'stopped',
  shutdown: 'stopped',
  remove: 'stopping',
  failed: 'crashed',
  rejected: 'crashed',
  orphaned: 'lost',
};

/** What a task's state is drawn as; one that is on its way to run is starting. Pure. */
export function taskPhase(task: Pick<ServiceTaskView, 'state'>): Phase {
  return phases[task.state] ?? 'starting';
}

/** Whether it has ended, or is to end: another one has its place. Pure. */
export function isPast(task: Pick<ServiceTaskView, 'wanted'>): boolean {
  return task.wanted === 'shutdown' || task.wanted === 'remove';
}

/** The newest task that went wrong or is held up (no node suits it); null while none is. Pure. */
export function lastFailure(tasks: readonly ServiceTaskView[]): ServiceTaskView | null {
  return tasks.filter((task) => task.error !== undefined).toSorted((a, b) => b.changedAtMs - a.changedAtMs)[0] ?? null;
}
