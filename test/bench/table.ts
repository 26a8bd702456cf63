import { type Goal, type Line, type Measured, median, ratioOf, samplesOf, spread, verdictOf } from './figures.ts';

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** Median, unit, half the distance of the quartiles and how many samples there were. */
function amount(measured: Measured, unit: string): string {
  const samples = samplesOf(measured);
  const middle = `${digits(median(samples))} ${unit}`;
  return samples.length === 1 ? middle : `${middle} ±${digits(spread(samples))} n=${samples.length}`;
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
  const verdict = verdictOf(line);
  return [
    line.name,
    amount(line.value, line.unit),
    line.peer === undefined ? '-' : `${line.peer.name} ${amount(line.peer.value, line.unit)}`,
    ratioOf(line)?.toFixed(2) ?? '-',
    goalText(line.goal, line.unit),
    line.note === undefined ? verdict : `${verdict} (${line.note})`,
  ];
}

/** The rows as aligned text with a heading, without a line end behind the last. */
export function table(lines: readonly Line[]): string {
  const rows = [['row', 'ours', 'peer', 'ratio', 'goal', 'verdict'], ...lines.map(cells)];
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

/** How many goals were met, missed and could not be looked at, in one line. */
export function summary(lines: readonly Line[]): string {
  const count = (what: string): number =>
    lines.filter((line) => ('skipped' in line ? 'skipped' : verdictOf(line)) === what).length;
  return `${count('met')} met, ${count('missed')} missed, ${count('no goal')} without a goal, ${count('skipped')} skipped`;
}
