import { expect, test } from 'vitest';
import { type Figure, isMet, median, quantile, ratioOf, spread, verdictOf } from '../../bench/figures.ts';

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('there is no middle of nothing, and the list is left in its order', () => {
  expect(() => median([])).toThrow('of no values');
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test.each([
  [[5], 0.25, 5],
  [[1, 2, 3, 4, 5], 0.25, 2],
  [[1, 2], 0.25, 1.25],
  [[3, 1, 2], 1, 3],
])('the quantile of %j at %d is %d', (values, part, expected) => {
  expect(quantile(values, part)).toBe(expected);
});

test.each([
  [[5], 0],
  [[1, 2, 3, 4, 5], 1],
  [[5, 4, 3, 2, 1], 1],
  // One wild sample does not move it.
  [[1, 2, 3, 4, 1000], 1],
])('the spread of %j is %d', (values, expected) => {
  expect(spread(values)).toBe(expected);
});

const figure = (part: Partial<Figure>): Figure => ({ name: 'x', value: 10, unit: 'ms', goal: null, ...part });

test.each<[string, Partial<Figure>, boolean | null]>([
  ['no goal', {}, null],
  ['a figure at its limit', { goal: { atMost: 10 } }, true],
  ['a figure above it', { goal: { atMost: 9.9 } }, false],
  ['a good ratio', { goal: { ratioAtMost: 1.1 }, peer: { name: 'p', value: 10 } }, true],
  ['a bad ratio', { goal: { ratioAtMost: 1.1 }, peer: { name: 'p', value: 9 } }, false],
  ['a ratio without a peer', { goal: { ratioAtMost: 1.1 } }, false],
  ['a peer of zero', { goal: { ratioAtMost: 1.1 }, peer: { name: 'p', value: 0 } }, false],
  ['throughput', { goal: { ratioAtLeast: 0.9 }, peer: { name: 'p', value: 11 } }, true],
  ['too little throughput', { goal: { ratioAtLeast: 0.9 }, peer: { name: 'p', value: 12 } }, false],
  ['samples whose median is good', { value: [10, 1000, 9], goal: { atMost: 10 } }, true],
  ['samples whose median is bad', { value: [1, 11, 12], goal: { atMost: 10 } }, false],
  ['no number', { value: Number.NaN, goal: { atMost: 10 } }, false],
  [
    'samples on both sides',
    { value: [9, 9, 99], peer: { name: 'p', value: [3, 3, 1] }, goal: { ratioAtMost: 3 } },
    true,
  ],
  ['one of two goals missed', { goal: { atMost: 5, ratioAtMost: 2 }, peer: { name: 'p', value: 10 } }, false],
])('%s', (_title, part, expected) => {
  expect(isMet(figure(part))).toBe(expected);
});

test('the ratio is the figure by its peer', () => {
  expect(ratioOf(figure({ peer: { name: 'p', value: 4 } }))).toBe(2.5);
  expect(ratioOf(figure({}))).toBeNull();
});

test.each<[string, Partial<Figure>]>([
  ['no goal', {}],
  ['met', { goal: { atMost: 10 } }],
  ['missed', { goal: { atMost: 9 } }],
])('in words: %s', (verdict, part) => {
  expect(verdictOf(figure(part))).toBe(verdict);
});
