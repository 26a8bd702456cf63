import { type Line, table } from '../test/bench/figures.ts';
import { rows } from '../test/bench/rows.ts';

/** Entry point: `npm run bench [-- ROW...]` measures against peers in the same run and prints one table. A missed goal is no failure. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in rows));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}. Known: ${Object.keys(rows).join(', ')}.`);
  process.exit(2);
}
// Drivers hold no timer that keeps a program alive, so this one waits by itself.
const alive = setInterval(() => undefined, 60_000);
const lines: Line[] = [];
for (const [name, measure] of Object.entries(rows)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring ${name}\n`);
  try {
    lines.push(...(await measure()));
  } catch (error) {
    process.exitCode = 1;
    lines.push({ name, skipped: `it failed: ${error instanceof Error ? error.message : String(error)}` });
  }
}
clearInterval(alive);
console.log(table(lines));
