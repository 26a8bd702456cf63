import { openKit } from '../drivers/conformance/suite/kit.ts';
import { checks, runCheck, settledProbe, whyNot } from '../drivers/conformance/suite/suite.ts';
import type { Target } from '../drivers/conformance/suite/target.ts';
import { targets } from '../test/support/conformance/targets.ts';

/** `npm run conformance [DRIVER...]`: runs the one suite against each driver and prints a table of driver and check. */
type Result = { mark: 'ok' | 'FAIL' | '-'; why: string | null };

async function runAll(target: Target): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const kit = openKit(target);
  try {
    const { capabilities } = await settledProbe(kit);
    for (const check of checks) {
      const reason = whyNot(check, target, capabilities);
      if (reason !== null) {
        results.set(check.id, { mark: '-', why: reason });
        continue;
      }
      try {
        await runCheck(check, kit);
        results.set(check.id, { mark: 'ok', why: null });
      } catch (error) {
        results.set(check.id, { mark: 'FAIL', why: error instanceof Error ? error.message : String(error) });
      }
      process.stderr.write(`${target.name} ${check.id}: ${results.get(check.id)?.mark}\n`);
    }
  } finally {
    await kit.close();
    await target.dispose();
  }
  return results;
}

// Drivers hold no timer that keeps a program alive, so this one waits by itself.
const alive = setInterval(() => undefined, 60_000);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in targets));
if (unknown.length > 0) {
  console.error(`There is no suite for ${unknown.join(', ')}. Known: ${Object.keys(targets).join(', ')}.`);
  process.exit(2);
}
const names = asked.length > 0 ? asked : Object.keys(targets);
const tables = new Map<string, Map<string, Result>>();
const broken = new Map<string, string>();
for (const name of names) {
  try {
    const target = await targets[name]?.();
    if (target !== undefined) {
      tables.set(name, await runAll(target));
    }
  } catch (error) {
    broken.set(name, error instanceof Error ? error.message : String(error));
  }
}

const width = Math.max(...checks.map((check) => check.id.length)) + 2;
const cell = (text: string): string => text.padEnd(12);
console.log(`${'check'.padEnd(width)}${[...tables.keys()].map(cell).join('')}`);
for (const check of checks) {
  const marks = [...tables.values()].map((results) => cell(results.get(check.id)?.mark ?? '?'));
  console.log(`${check.id.padEnd(width)}${marks.join('')}${check.title}`);
}
let failed = broken.size;
for (const [name, results] of tables) {
  const of = (mark: Result['mark']): number => [...results.values()].filter((result) => result.mark === mark).length;
  failed += of('FAIL');
  console.log(`\n${name}: ${of('ok')} ok, ${of('FAIL')} failed, ${of('-')} not possible here`);
  for (const [id, { why }] of results) {
    if (why !== null) {
      console.log(`  ${id}: ${why}`);
    }
  }
}
for (const [name, why] of broken) {
  console.log(`\n${name}: could not be opened: ${why}`);
}
clearInterval(alive);
process.exitCode = failed === 0 ? 0 : 1;
