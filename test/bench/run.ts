import type { Line } from './figures.ts';

/** Measurements by their name on the command line. */
export type Rows = Readonly<Record<string, () => Promise<Line[]>>>;

/** All lines of a run and the names of the rows that broke. */
export type BenchRun = { lines: Line[]; failed: string[] };

/** Measures the asked rows, one after the other in their order. A row that breaks says why and stops no other. */
export async function runRows(rows: Rows, asked: readonly string[], tell: (text: string) => void): Promise<BenchRun> {
  const lines: Line[] = [];
  const failed: string[] = [];
  for (const [name, measure] of Object.entries(rows)) {
    if (!asked.includes(name)) continue;
    tell(`measuring ${name}`);
    try {
      lines.push(...(await measure()));
    } catch (error) {
      failed.push(name);
      tell(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      lines.push({ name, skipped: `it failed: ${first}` });
    }
  }
  return { lines, failed };
}
