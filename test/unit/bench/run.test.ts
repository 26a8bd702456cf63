import { expect, test } from 'vitest';
import { parseBenchArguments } from '../../bench/arguments.ts';
import type { Line } from '../../bench/figures.ts';
import { runRows } from '../../bench/run.ts';
import { inTurns } from '../../bench/turns.ts';

const line = (name: string): Line => ({ name, value: 1, unit: 'ms', goal: null });

test.each([
  [[], { rows: [], json: false }],
  [['b', '--json'], { rows: ['b'], json: true }],
  [['--json', 'a', 'b'], { rows: ['a', 'b'], json: true }],
])('the words %j', (words, expected) => {
  expect(parseBenchArguments(words, ['a', 'b'])).toEqual(expected);
});

test.each([[['c']], [['--jsn']], [['a', '__proto__']]])('the words %j are refused with what is known', (words) => {
  expect(() => parseBenchArguments(words, ['a', 'b'])).toThrow('Known: a, b; and --json.');
});

test('a row that breaks says why and stops no other; only the asked ones run, in their order', async () => {
  const told: string[] = [];
  const rows = {
    a: async () => [line('a1'), line('a2')],
    b: async () => {
      throw new Error('no engine');
    },
    c: async () => [line('c')],
  };
  expect(await runRows(rows, [], (text) => told.push(text))).toEqual({
    lines: [line('a1'), line('a2'), { name: 'b', skipped: 'it failed: no engine' }, line('c')],
    failed: ['b'],
  });
  expect(told).toEqual(['measuring a', 'measuring b', 'measuring c']);
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
