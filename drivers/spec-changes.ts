import { isDeepStrictEqual } from 'node:util';
import type { SpecFieldChange } from './driver.ts';
import type { WorkloadSpec } from './spec.ts';

type Entries = Record<string, unknown>;

/** The members of an object or list by key; null for a plain value. */
function entriesOf(value: unknown): Entries | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function changesBetween(field: string, from: unknown, to: unknown): SpecFieldChange[] {
  if (isDeepStrictEqual(from, to)) {
    return [];
  }
  const before = entriesOf(from);
  const after = entriesOf(to);
  if (before === null || after === null || Array.isArray(from) !== Array.isArray(to)) {
    return [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changesBetween(field === '' ? key : `${field}.${key}`, before[key], after[key]));
}

/** What differs between two specs, by dotted path, each whole value or list entry that differs. Pure. */
export function specChanges(from: WorkloadSpec, to: WorkloadSpec): SpecFieldChange[] {
  return changesBetween('', from, to);
}
