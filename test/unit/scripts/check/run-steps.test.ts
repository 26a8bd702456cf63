import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSteps, type Step, sumLines } from '../../../../scripts/check/run-steps.ts';

const script = (name: string, text: string): Step => ({ name, command: [process.execPath, '-e', text] });
const run = (...steps: Step[]) => runSteps(steps, { cwd: process.cwd() });

test('all are run to their ends, in the given order, with what they printed', async () => {
  const ended: string[] = [];
  const results = await runSteps(
    [
      script('good', 'console.log("said")'),
      script('bad', 'console.error("wrong"); process.exit(3)'),
      script('killed', 'process.kill(process.pid, "SIGKILL")'),
      { name: 'absent', command: ['no-such-program-here'] },
    ],
    { cwd: process.cwd(), onEnd: (result) => ended.push(result.name) },
  );
  expect(results.map(({ name, ok }) => [name, ok])).toEqual([
    ['good', true],
    ['bad', false],
    ['killed', false],
    ['absent', false],
  ]);
  expect(results.map((result) => result.output)).toEqual([
    'said\n',
    'wrong\n',
    'It was ended by SIGKILL.\n',
    expect.stringContaining('no-such-program-here'),
  ]);
  expect(ended.sort()).toEqual(['absent', 'bad', 'good', 'killed']);
});

test('they run side by side', async () => {
  // Each ends when the other has come: one after the other they would wait for ever.
  const meet = (own: string, other: string): string =>
    `const fs = require("fs"); fs.writeFileSync(${JSON.stringify(own)}, "");
     const look = setInterval(() => { if (fs.existsSync(${JSON.stringify(other)})) { clearInterval(look); } }, 5);`;
  const place = mkdtempSync(join(tmpdir(), 'nova-check-'));
  try {
    const results = await run(
      script('a', meet(`${place}/a`, `${place}/b`)),
      script('b', meet(`${place}/b`, `${place}/a`)),
    );
    expect(results.every((result) => result.ok)).toBe(true);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('the sum has a line for each', () => {
  expect(
    sumLines([
      { name: 'types', ok: true, seconds: 1.26, output: '' },
      { name: 'unit tests', ok: false, seconds: 30, output: 'x' },
    ]),
  ).toEqual(['ok      types       1.3 s', 'FAILED  unit tests  30.0 s']);
});
