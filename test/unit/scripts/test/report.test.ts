import { describe, expect, it } from 'vitest';
import { faultNumbers, faultStates, type TestOutcome } from '../../../../scripts/test/outcome.ts';
import { hasFailed, ranges, reportLines } from '../../../../scripts/test/report.ts';

const test = (title: string, state: TestOutcome['state'], part: Partial<TestOutcome> = {}): TestOutcome => ({
  project: 'unit',
  title,
  state,
  retried: false,
  note: null,
  ...part,
});

describe('faultNumbers', () => {
  it.each([
    ['fault 4: QEMU is stopped', [4]],
    ['qemu > faults 7-8: half made', [7, 8]],
    ['fault 3: killed, fault 5: dies early', [3, 5]],
    ['a default 4: x', []],
    ['fault four: x', []],
  ])('title %#', (title, expected) => {
    expect(faultNumbers(title)).toEqual(expected);
  });
});

it('one failed test fails its fault, and a skipped one does not pass it', () => {
  const states = faultStates([
    test('fault 1: a', 'passed'),
    test('fault 1: b', 'failed'),
    test('fault 1: c', 'passed'),
    test('fault 2: a', 'skipped'),
    test('fault 3: a', 'skipped'),
    test('fault 3: b', 'passed'),
  ]);
  expect([...states]).toEqual([
    [1, 'failed'],
    [2, 'skipped'],
    [3, 'passed'],
  ]);
});

it.each([
  [[], ''],
  [[5], '5'],
  [[3, 1, 2, 5], '1-3, 5'],
  [[1, 3, 4], '1, 3-4'],
])('ranges of %j', (numbers, expected) => {
  expect(ranges(numbers)).toBe(expected);
});

describe('reportLines', () => {
  it('ends with the sums', () => {
    const lines = reportLines({
      tests: [
        test('a', 'passed', { retried: true }),
        test('fault 9: b', 'skipped', { note: 'no KVM' }),
        test('c', 'failed'),
      ],
      breakages: ['unit: d.test.ts: no such file'],
    });
    expect(lines.at(-1)).toBe('1 passed, 2 failed, 1 skipped');
    expect(lines).toContain('  unit: fault 9: b (no KVM)');
    expect(lines).toContain('  unit: d.test.ts: no such file');
    expect(lines.slice(lines.indexOf('Passed at a second try')).slice(0, 2)).toEqual([
      'Passed at a second try',
      '  unit: a',
    ]);
  });
});

it.each([
  ['nothing ran', { tests: [], breakages: [] }, true],
  ['all passed', { tests: [test('a', 'passed'), test('b', 'skipped')], breakages: [] }, false],
  ['one failed', { tests: [test('a', 'passed'), test('b', 'failed')], breakages: [] }, true],
  ['a file could not be loaded', { tests: [test('a', 'passed')], breakages: ['x'] }, true],
])('%s: %j %s', (_, run, expected) => {
  expect(hasFailed(run)).toBe(expected);
});
