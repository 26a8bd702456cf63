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

/** A failure of the last minute is told also where the next task runs by now: it may fail as fast, milliseconds. */
export const recentMs = 60_000;

/**
 * The newest task that went wrong or is held up (no node suits it), where no other one has run in its place for a while; null
 * while all is well. Pure.
 */
export function lastFailure(tasks: readonly ServiceTaskView[], nowMs: number): ServiceTaskView | null {
  const newest = tasks.toSorted((a, b) => b.changedAtMs - a.changedAtMs);
  const placeOf = (task: ServiceTaskView) => String(task.slot ?? task.node);
  const replaced = new Set(newest.filter((task) => task.state === 'running').map(placeOf));
  return (
    newest.find(
      (task) => task.error !== undefined && (!replaced.has(placeOf(task)) || nowMs - task.changedAtMs < recentMs),
    ) ?? null
  );
}
