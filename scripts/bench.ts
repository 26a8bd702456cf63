import { type BenchArguments, parseBenchArguments } from '../test/bench/arguments.ts';
import { report } from '../test/bench/json.ts';
import { benchMachine, machineText } from '../test/bench/machine.ts';
import { needsOf } from '../test/bench/needs.ts';
import { rows } from '../test/bench/rows.ts';
import { runRows } from '../test/bench/run.ts';
import { summary, table } from '../test/bench/table.ts';
import { ensureNeeds } from './setup/system-packages.ts';

/**
 * Entry point: `npm run bench [-- ROW... --json]` measures against peers in the same run and prints one table, or one JSON value. A
 * missed goal is no failure, a row that broke is.
 */
function asked(): BenchArguments {
  try {
    return parseBenchArguments(process.argv.slice(2), Object.keys(rows));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const { rows: names, json, install } = asked();
ensureNeeds(needsOf(names), { install, output: 'stderr' });
const machine = benchMachine();
// Drivers hold no timer that keeps a program alive, so this one waits by itself.
const alive = setInterval(() => undefined, 60_000);
const { lines, failed } = await runRows(rows, names, (text) => process.stderr.write(`${text}\n`));
clearInterval(alive);
if (failed.length > 0) process.exitCode = 1;
console.log(
  json
    ? JSON.stringify(report(machine, lines), null, 2)
    : [machineText(machine), '', table(lines), '', summary(lines)].join('\n'),
);
