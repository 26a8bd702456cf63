/** What a row has to reach; absent parts are no part of the goal. */
export type Goal = {
  /** Largest figure, in the row's unit. */
  atMost?: number;
  /** Largest figure divided by the peer's. */
  ratioAtMost?: number;
  /** Smallest figure divided by the peer's. */
  ratioAtLeast?: number;
};

/** One measured row. */
export type Figure = {
  name: string;
  value: number;
  /** Written behind the numbers: `ms`, `MB`, `MB/s`, `%`. */
  unit: string;
  /** What was measured beside it in the same run. */
  peer?: { name: string; value: number };
  /** Null where nothing was asked for. */
  goal: Goal | null;
  note?: string;
};

/** A row of the table: a figure, or why there is none. */
export type Line = Figure | { name: string; skipped: string };

/** The middle value, or the mean of the two middle ones. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of no values.');
  return (upper + lower) / 2;
}

/** The figure divided by its peer's, or null without a peer. */
export function ratioOf(figure: Figure): number | null {
  return figure.peer === undefined || figure.peer.value === 0 ? null : figure.value / figure.peer.value;
}

/** Whether the goal is reached; null without a goal. A ratio that could not be measured is missed. */
export function isMet(figure: Figure): boolean | null {
  const { goal, value } = figure;
  if (goal === null) return null;
  const ratio = ratioOf(figure);
  if (goal.atMost !== undefined && value > goal.atMost) return false;
  if (goal.ratioAtMost !== undefined && !(ratio !== null && ratio <= goal.ratioAtMost)) return false;
  return goal.ratioAtLeast === undefined || (ratio !== null && ratio >= goal.ratioAtLeast);
}

function amount(value: number, unit: string): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)} ${unit}`;
}

function goalText(goal: Goal | null, unit: string): string {
  if (goal === null) return '-';
  const parts = [
    goal.atMost === undefined ? [] : [`<= ${goal.atMost} ${unit}`],
    goal.ratioAtMost === undefined ? [] : [`ratio <= ${goal.ratioAtMost.toFixed(2)}`],
    goal.ratioAtLeast === undefined ? [] : [`ratio >= ${goal.ratioAtLeast.toFixed(2)}`],
  ];
  return parts.flat().join(', ');
}

function cells(line: Line): string[] {
  if ('skipped' in line) return [line.name, '-', '-', '-', '-', `skipped: ${line.skipped}`];
  const met = isMet(line);
  const verdict = met === null ? 'no goal' : met ? 'met' : 'missed';
  return [
    line.name,
    goalText(line.goal, line.unit),
    amount(line.value, line.unit),
    line.peer === undefined ? '-' : `${amount(line.peer.value, line.unit)} (${line.peer.name})`,
    ratioOf(line)?.toFixed(2) ?? '-',
    line.note === undefined ? verdict : `${verdict} (${line.note})`,
  ];
}

/** The rows as aligned text with a heading, without a line end behind the last. */
export function table(lines: readonly Line[]): string {
  const rows = [['row', 'goal', 'figure', 'peer', 'ratio', 'verdict'], ...lines.map(cells)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
