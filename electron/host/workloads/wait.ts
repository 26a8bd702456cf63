import type { Observation, Phase } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Registry, WorkloadRecord } from './registry.ts';

/** Phases in which nothing runs and nothing is about to. */
const ended: ReadonlySet<Phase> = new Set(['stopped', 'saved', 'crashed', 'lost']);

/** Resolves when a workload does not run any more. */
export type WaitForEnd = (record: WorkloadRecord, signal: AbortSignal) => Promise<Observation>;

/** Listens once for all that wait. The returned function throws `not_found` when the workload is removed, `cancelled` on abort. */
export function createWaitForEnd(registry: Registry): WaitForEnd {
  const waiting = new Set<{ id: string; look: (observation: Observation | null) => void }>();
  registry.onPhase((record, _before, after) => {
    for (const one of waiting) if (one.id === record.id) one.look(after);
  });
  registry.onRemove((id) => {
    for (const one of waiting) if (one.id === id) one.look(null);
  });
  return (record, signal) =>
    new Promise((resolve, reject) => {
      const name = record.row.spec.name;
      const leave = (): void => {
        waiting.delete(entry);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        leave();
        reject(new NovaError('cancelled', `Nobody waits for the end of "${name}" any more.`));
      };
      const entry = {
        id: record.id,
        look(observation: Observation | null) {
          if (observation === null) {
            leave();
            reject(new NovaError('not_found', `"${name}" was removed.`));
          } else if (ended.has(observation.phase)) {
            leave();
            resolve(observation);
          }
        },
      };
      waiting.add(entry);
      signal.addEventListener('abort', giveUp, { once: true });
      entry.look(record.row.observation);
    });
}
