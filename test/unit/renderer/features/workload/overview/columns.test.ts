import { expect, test } from 'vitest';
import { holdOver, toColumns } from '../../../../../../renderer/features/workload/overview/columns.ts';

test('each column has the largest of its values; an empty one is a gap', () => {
  const points = [
    { atMs: 0, value: 1 },
    { atMs: 10, value: 5 },
    { atMs: 20, value: 2 },
    { atMs: 99, value: 3 },
  ];
  expect(toColumns(points, 0, 100, 4)).toEqual([5, null, null, 3]);
});

test('points outside of the span and points without a value are left out', () => {
  const points = [
    { atMs: -1, value: 9 },
    { atMs: 100, value: 9 },
    { atMs: 50, value: null },
  ];
  expect(toColumns(points, 0, 100, 2)).toEqual([null, null]);
});

test.each([
  { title: 'a slow sample is held to the next one', values: [1, null, null, 2], held: [1, 1, 1, 2] },
  { title: 'a long gap stays a gap', values: [1, null, null, null, null, 2], held: [1, null, null, null, null, 2] },
  { title: 'nothing is made up before the first or after the last', values: [null, 1, null], held: [null, 1, null] },
])('$title', ({ values, held }) => {
  expect(holdOver(values, 3)).toEqual(held);
});
