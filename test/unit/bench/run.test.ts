import { expect, test } from 'vitest';
import { parseBenchArguments } from '../../bench/arguments.ts';
import type { Line } from '../../bench/figures.ts';
import { runRows } from '../../bench/run.ts';
import { inTurns } from '../../bench/turns.ts';

const line = (name: string): Line => ({ name, value: 1, unit: 'ms', goal: null });

test.each([
  [[], { rows: ['a', 'b'], json: false, install: true }],
  [['b', '--json'], { rows: ['b'], json: true, install: true }],
  [['--no-install', 'a', 'b'], { rows: ['a', 'b'], json: false, install: false }],
])('the words %j', (words, expected) => {
  expect(parseBenchArguments(words, ['a', 'b'])).toEqual(expected);
});

test.each([[['c']], [['--jsn']], [['a', '__proto__']]])('the words %j are refused with what is known', (words) => {
  expect(() => parseBenchArguments(words, ['a', 'b'])).toThrow('Known: a, b; and --json, --no-install.');
});

test('a row that breaks says why and stops no other; only the asked ones run, in their order', async () => {
  const told: string[] = [];
  const rows = {
    a: async () => [line('a1'), line('a2')],
    b: async () => {
      throw new Error('no engine\nand more');
    },
    c: async () => [line('c')],
  };
  expect(await runRows(rows, ['a', 'b', 'c'], (text) => told.push(text))).toEqual({
    lines: [line('a1'), line('a2'), { name: 'b', skipped: 'it failed: no engine' }, line('c')],
    failed: ['b'],
  });
  expect(told.filter((text) => text.startsWith('measuring'))).toEqual(['measuring a', 'measuring b', 'measuring c']);
  // The table has room for the first line only; all of it is told beside it.
  expect(told.join('\n')).toContain('b failed: Error: no engine\nand more');
  expect(await runRows(rows, ['c', 'a'], () => undefined)).toEqual({
    lines: [line('a1'), line('a2'), line('c')],
    failed: [],
  });
});

test('in turns: another one begins each round, and the first round does not count', async () => {
  const order: string[] = [];
  const one = (name: string) => async () => order.push(name);
  const samples = await inTurns(2, { a: one('a'), b: one('b'), c: one('c') });
  expect(order.join('')).toBe('abcbcacab');
  expect(samples).toEqual({ a: [6, 8], b: [4, 9], c: [5, 7] });
});

test('in turns: one that is not there has no samples', async () => {
  expect(await inTurns(2, { a: async () => 1, b: null })).toEqual({ a: [1, 1], b: [] });
});
