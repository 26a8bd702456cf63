import type { ListedTask } from './read.ts';

/** How long a task that waits with an error, or that ended without another in its place, may be so, milliseconds: the manager waits 5 s by default before it tries again. */
const patienceMs = 8_000;
/** How long others are waited for once one does not come up, milliseconds. */
const othersMs = 60_000;
/** So many tasks that ended one after the other in one place are no accident. */
const enoughEnds = 2;

/** States in which a task is over by itself. Source: SwarmKit, api/types.proto, TaskState. */
const over = new Set(['complete', 'failed', 'rejected', 'orphaned']);

/** A place of a service in which no task comes to run, and why. */
export type Trouble = { slot: number | null; error: string };

/** Looks at the tasks of a service that is being scaled, again and again. */
export type ScaleWatch = {
  /** The places that are given up, once nothing else is to be waited for; null until then. */
  look(tasks: readonly ListedTask[], nowMs: number): Trouble[] | null;
};

const errorOf = (task: ListedTask | undefined): string => task?.Status?.Err ?? '';
const stateOf = (task: ListedTask): string => task.Status?.State ?? 'new';
const timeOf = (task: ListedTask): number => Date.parse(task.Status?.Timestamp ?? '') || 0;

/** `known`: tasks that were there before: what they went through is of another time. */
export function watchScale(known: ReadonlySet<string>): ScaleWatch {
  const since = new Map<string, number>();
  let firstMs: number | null = null;
  return {
    look(tasks, nowMs) {
      const places = Map.groupBy(
        tasks.filter((task) => !known.has(task.ID) || task.DesiredState === 'running'),
        (task) => String(task.Slot ?? task.NodeID ?? ''),
      );
      const given: Trouble[] = [];
      let waiting = 0;
      for (const [place, all] of places) {
        const newest = all.toSorted((a, b) => timeOf(b) - timeOf(a));
        const present = newest.find((task) => task.DesiredState === 'running') ?? newest[0];
        if (present === undefined || stateOf(present) === 'running' || present.DesiredState === 'remove') {
          since.delete(place);
          continue;
        }
        const ended = newest.filter((task) => over.has(stateOf(task)) && !known.has(task.ID));
        const held = over.has(stateOf(present)) || (stateOf(present) === 'pending' && errorOf(present) !== '');
        if (held) since.set(place, since.get(place) ?? nowMs);
        else since.delete(place);
        if (ended.length >= enoughEnds || nowMs - (since.get(place) ?? nowMs) >= patienceMs) {
          const told = errorOf(present) || errorOf(ended.find((task) => errorOf(task) !== ''));
          given.push({ slot: present.Slot ?? null, error: told || 'its program ended at once, without an error' });
        } else waiting += 1;
      }
      if (given.length === 0) {
        firstMs = null;
        return null;
      }
      firstMs ??= nowMs;
      return waiting === 0 || nowMs - firstMs >= othersMs ? given : null;
    },
  };
}

/** What is told of them: each error once, the most frequent first. Pure. */
export function troubleText(troubles: readonly Trouble[]): string {
  const byError = Map.groupBy(troubles, (one) => one.error);
  return [...byError]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([error, all]) => {
      const slots = all.map((one) => one.slot).filter((slot) => slot !== null);
      return slots.length === 0 ? error : `${error} (task ${slots.toSorted((a, b) => a - b).join(', ')})`;
    })
    .join('; ');
}
