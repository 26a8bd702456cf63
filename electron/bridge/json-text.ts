/** The JSON of values that never change, made once. Weak: it goes with the value. */
const texts = new WeakMap<object, string | null>();

/** Says that a value will never change in place, so that its JSON may be kept. Returns the value. */
export function keepJson<T extends object>(value: T): T {
  if (!texts.has(value)) texts.set(value, null);
  return value;
}

function textOf(value: unknown): string | undefined {
  const kept = typeof value === 'object' && value !== null ? texts.get(value) : undefined;
  if (typeof kept === 'string') return kept;
  const text: string | undefined = JSON.stringify(value);
  if (kept === null && text !== undefined) texts.set(value as object, text);
  return text;
}

/** `JSON.stringify` that makes the text of a kept value, or of a list's kept items, only once. */
export function jsonText(value: unknown): string | undefined {
  return Array.isArray(value) ? `[${value.map((item) => textOf(item) ?? 'null').join(',')}]` : textOf(value);
}
