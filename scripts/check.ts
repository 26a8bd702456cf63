import { resolve } from 'node:path';
import { runSteps, type Step, sumLines } from './check/run-steps.ts';

/**
 * Entry point: `npm run check`. All that needs no engine, side by side: most of them use one core for a good part of
 * their time. The output of a step is shown when it failed.
 */
const node = process.execPath;
const steps: Step[] = [
  { name: 'format', command: ['biome', 'check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'laws', command: [node, 'scripts/laws/check.ts'] },
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] },
];
const results = await runSteps(steps, {
  cwd: resolve(import.meta.dirname, '..'),
  onEnd: (result) => {
    if (!result.ok) console.log(`\n${result.name} failed:\n${result.output.trimEnd()}\n`);
  },
});
console.log(sumLines(results).join('\n'));
process.exitCode = results.every((result) => result.ok) ? 0 : 1;
