import type { Workload } from '../../../electron/bridge/contract.ts';

/** What the list can be sorted by. */
export const sortKeys = ['name', 'state', 'driver', 'memory', 'created'] as const;
/** One of them. */
export type SortKey = (typeof sortKeys)[number];
/** The order of the list. */
export type ListSort = { by: SortKey /** Largest, newest or last first. */; down: boolean };

/** What needs a look stands first, then what lives. */
const phaseOrder = [
  'crashed',
  'lost',
  'unknown',
  'creating',
  'starting',
  'stopping',
  'running',
  'paused',
  'saved',
  'stopped',
];

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** A sorted copy. Equal ones stand by name, then by id, so that rows never change places by themselves. */
export function sortWorkloads(list: readonly Workload[], sort: ListSort): Workload[] {
  const sign = sort.down ? -1 : 1;
  return [...list].sort(
    (a, b) => sign * compare(a, b, sort.by) || collator.compare(a.spec.name, b.spec.name) || (a.id < b.id ? -1 : 1),
  );
}

function compare(a: Workload, b: Workload, by: SortKey): number {
  switch (by) {
    case 'name':
      return collator.compare(a.spec.name, b.spec.name);
    case 'state':
      return phaseOrder.indexOf(a.observation.phase) - phaseOrder.indexOf(b.observation.phase);
    case 'driver':
      return collator.compare(a.spec.driver, b.spec.driver);
    case 'memory':
      return (a.spec.resources.memoryBytes ?? 0) - (b.spec.resources.memoryBytes ?? 0);
    case 'created':
      return a.createdAtMs - b.createdAtMs;
  }
}
