/** The `settings` of a container's spec as they are edited: JSON, which the host checks. What the form does not know stays as it is. */
export type Settings = Readonly<Record<string, unknown>>;
/** One entry of a list in them: a mount, a port. */
export type Row = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text, empty where there is none. */
export function textAt(settings: Row, key: string): string {
  const value = settings[key];
  return typeof value === 'string' ? value : '';
}

/** A number, null where there is none. */
export function numberAt(settings: Row, key: string): number | null {
  const value = settings[key];
  return typeof value === 'number' ? value : null;
}

/** A yes or no. */
export function flagAt(settings: Row, key: string): boolean {
  return settings[key] === true;
}

/** A list of words. */
export function wordsAt(settings: Row, key: string): string[] {
  const value = settings[key];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Names with values. */
export function pairsAt(settings: Row, key: string): Record<string, string> {
  const value = settings[key];
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)])) : {};
}

/** A list of entries. */
export function rowsAt(settings: Row, key: string): Row[] {
  const value = settings[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** One object, null where there is none. */
export function objectAt(settings: Row, key: string): Row | null {
  const value = settings[key];
  return isObject(value) ? value : null;
}

/** With one value changed. Nothing (null, undefined, empty text) takes the key away, so that the driver's default holds. Pure. */
export function withValue(settings: Row, key: string, value: unknown): Row {
  if (value !== undefined && value !== null && value !== '') return { ...settings, [key]: value };
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));
}

/** Whether two JSON values are the same, whatever the order of their keys. Pure. */
export function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
