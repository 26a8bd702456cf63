/** The value at a dotted path of a JSON value, or undefined. Pure. */
export function valueAt(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** A value in one line, as people read it: text plain, the rest as JSON; null where there is none. Pure. */
export function shownValue(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => shownValue(one) ?? '""').join(', ');
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0 ? null : entries.map(([key, one]) => `${key}=${shownValue(one) ?? ''}`).join(' ');
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
