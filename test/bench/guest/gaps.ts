/** A stretch of time, milliseconds of one clock. */
export type Span = { fromMs: number; toMs: number };

/** The longest time between two neighbours of `times` that touches the span. Throws where there are no two. Pure. */
export function longestGap(times: readonly number[], span: Span): number {
  const gaps = times.slice(1).flatMap((time, index) => {
    const before = times[index] ?? time;
    return time > span.fromMs && before < span.toMs ? [time - before] : [];
  });
  if (gaps.length === 0) throw new Error('The guest said nothing in this time.');
  return Math.max(...gaps);
}

/**
 * What work cost a guest that counts: its longest gap while the work went on less its longest one in the same time without. Below 0
 * where the machine's other load did more than the work. Pure.
 */
export function extraPause(times: readonly number[], work: Span, idle: Span): number {
  return longestGap(times, work) - longestGap(times, idle);
}
