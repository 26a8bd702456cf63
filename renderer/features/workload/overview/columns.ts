/** Stored points as a fixed number of columns: the largest value of each, null where there is none. Pure. */
export function toColumns(
  points: readonly { atMs: number; value: number | null }[],
  fromMs: number,
  toMs: number,
  count: number,
): (number | null)[] {
  const result: (number | null)[] = Array.from({ length: count }, () => null);
  for (const { atMs, value } of points) {
    const index = Math.floor(((atMs - fromMs) / (toMs - fromMs)) * count);
    if (value === null || index < 0 || index >= count) continue;
    result[index] = Math.max(result[index] ?? 0, value);
  }
  return result;
}

/** The last value held over up to `most` columns without one, since it was sampled that slowly; longer gaps stay. Pure. */
export function holdOver(values: readonly (number | null)[], most: number): (number | null)[] {
  let last: number | null = null;
  let held = 0;
  return values.map((value, index) => {
    if (value !== null) {
      last = value;
      held = 0;
      return value;
    }
    held += 1;
    const next = values.slice(index, index + most - held + 2).some((one) => one !== null);
    return last !== null && held <= most && next ? last : null;
  });
}
