import type { WorkloadSpec } from '../../spec.ts';
import type { Machine } from '../machine/machine.ts';
import { diffMachine } from './diff.ts';

/** The last answer for a spec. Specs never change in place, and every observation asks. */
const known = new WeakMap<WorkloadSpec, { from: WorkloadSpec; fields: string[] }>();

/** Spec fields that wait for the next start: what differs from the start's spec and can't be changed in the run. */
export function pendingFields(machine: Pick<Machine, 'record'>): string[] {
  const { run, spec } = machine.record;
  const from = run?.spec;
  if (from === undefined) {
    return [];
  }
  const last = known.get(spec);
  if (last?.from === from) {
    return last.fields;
  }
  const fields = diffMachine(from, spec)
    .filter((change) => change.effect === 'restart')
    .map((change) => change.field);
  known.set(spec, { from, fields });
  return fields;
}
