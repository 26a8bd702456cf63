/** What a row has to reach; absent parts are no part of the goal. */
export type Goal = {
  /** Largest figure, in the row's unit. */
  atMost?: number;
  /** Largest figure divided by the peer's. */
  ratioAtMost?: number;
  /** Smallest figure divided by the peer's. */
  ratioAtLeast?: number;
};

/** One number, or the samples in the order in which they were taken: their median counts. */
export type Measured = number | readonly number[];

/** One measured row. */
export type Figure = {
  name: string;
  value: Measured;
  /** Written behind the numbers: `ms`, `MB`, `MB/s`, `%`. */
  unit: string;
  /** What was measured beside it in the same run. */
  peer?: { name: string; value: Measured };
  /** Null where nothing was asked for. */
  goal: Goal | null;
  note?: string;
};

/** A row of the table: a figure, or why there is none. */
export type Line = Figure | { name: string; skipped: string };

/** What became of a goal. */
export type Verdict = 'met' | 'missed' | 'no goal';

/** The samples of a measurement; a single number is one. */
export function samplesOf(measured: Measured): readonly number[] {
  return typeof measured === 'number' ? [measured] : measured;
}

/** The value below which a part of the samples lies, between two of them in proportion. Throws on an empty list. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const lower = sorted[Math.floor(at)];
  const upper = sorted[Math.ceil(at)];
  if (lower === undefined || upper === undefined) throw new Error('There is no quantile of no values.');
  return lower + (upper - lower) * (at - Math.floor(at));
}

/** The middle value, or the mean of the two middle ones. Throws on an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Half of the distance between the quartiles: one wild sample does not move it. Throws on an empty list. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
}

/** The number that stands for a measurement. */
export function middle(measured: Measured): number {
  return median(samplesOf(measured));
}

/** The figure divided by its peer's, or null without a peer. */
export function ratioOf(figure: Figure): number | null {
  if (figure.peer === undefined) return null;
  const peer = middle(figure.peer.value);
  return peer === 0 ? null : middle(figure.value) / peer;
}

/** Whether the goal is reached; null without a goal. A ratio that could not be measured is missed. */
export function isMet(figure: Figure): boolean | null {
  const { goal } = figure;
  if (goal === null) return null;
  const ratio = ratioOf(figure);
  // Written so that a figure that is no number misses.
  if (goal.atMost !== undefined && !(middle(figure.value) <= goal.atMost)) return false;
  if (goal.ratioAtMost !== undefined && !(ratio !== null && ratio <= goal.ratioAtMost)) return false;
  return goal.ratioAtLeast === undefined || (ratio !== null && ratio >= goal.ratioAtLeast);
}

/** The same in words. */
export function verdictOf(figure: Figure): Verdict {
  const met = isMet(figure);
  return met === null ? 'no goal' : met ? 'met' : 'missed';
}
