import type { Machine } from '../machine/machine.ts';
import { diffMachine } from './diff.ts';

/** Spec fields that wait for the next start: what differs from the start's spec and can't be changed in the run. */
export function pendingFields(machine: Pick<Machine, 'record'>): string[] {
  const { run, spec } = machine.record;
  return run?.spec === undefined
    ? []
    : diffMachine(run.spec, spec)
        .filter((change) => change.effect === 'restart')
        .map((change) => change.field);
}
