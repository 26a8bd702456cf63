import { faultStates, type RunOutcome, type TestOutcome } from './outcome.ts';

/** Highest number in the fault table. */
const lastFault = 66;

/** `1-3, 5` for [1, 2, 3, 5]. */
export function ranges(numbers: number[]): string {
  const parts: string[] = [];
  const sorted = [...numbers].sort((a, b) => a - b);
  let from = sorted[0];
  sorted.forEach((number, index) => {
    if (sorted[index + 1] !== number + 1) {
      parts.push(from === number ? `${number}` : `${from}-${number}`);
      from = sorted[index + 1];
    }
  });
  return parts.join(', ');
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function faultLines(tests: TestOutcome[]): string[] {
  const states = faultStates(tests);
  const all = Array.from({ length: lastFault }, (_, index) => index + 1);
  const of = (state: TestOutcome['state'] | undefined): number[] =>
    all.filter((number) => states.get(number) === state);
  const line = (name: string, numbers: number[]): string[] =>
    numbers.length === 0 ? [] : [`${name.padEnd(14)}${String(numbers.length).padStart(3)}  ${ranges(numbers)}`];
  return [
    ...line('passed', of('passed')),
    ...line('failed', of('failed')),
    ...line('skipped', of('skipped')),
    ...line('without a test', of(undefined)),
  ];
}

/** Whether a run failed. A run without any test proves nothing and fails. */
export function hasFailed(run: RunOutcome): boolean {
  return run.breakages.length > 0 || run.tests.length === 0 || run.tests.some((test) => test.state === 'failed');
}

/** What is printed after a run; the last line is `N passed, N failed, N skipped`. */
export function reportLines(run: RunOutcome): string[] {
  const of = (state: TestOutcome['state']): TestOutcome[] => run.tests.filter((test) => test.state === state);
  const name = (test: TestOutcome): string =>
    `${test.project}: ${test.title}${test.note === null ? '' : ` (${test.note})`}`;
  const failed = of('failed');
  return [
    ...section('Failed', [...failed.map(name), ...run.breakages]),
    ...section('Skipped, with the reason', of('skipped').map(name)),
    ...section('Passed at a second try', run.tests.filter((test) => test.retried).map(name)),
    ...section('Faults', faultLines(run.tests)),
    '',
    `${of('passed').length} passed, ${failed.length + run.breakages.length} failed, ${of('skipped').length} skipped`,
  ];
}
