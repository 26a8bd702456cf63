import { expect, it } from 'vitest';
import { pointName } from '../../../../../drivers/docker/snapshots/point-name.ts';
import { maxNameLength } from '../../../../../drivers/spec.ts';

it.each([
  ['fresh', [], 'Before “fresh”'],
  ['fresh', ['Before “fresh”'], 'Before “fresh” 2'],
  ['fresh', ['Before “fresh”', 'Before “fresh” 2', 'other'], 'Before “fresh” 3'],
  ['fresh', ['Before “fresh” 2'], 'Before “fresh”'],
])('the way back from %s beside %j is %s', (target, taken, name) => {
  expect(pointName(target, new Set(taken))).toBe(name);
});

it('keeps to the length of a name, with its number', () => {
  const long = 'x'.repeat(maxNameLength);
  const first = pointName(long, new Set());
  const second = pointName(long, new Set([first]));
  expect([first, second].map((name) => name.length)).toEqual([maxNameLength, maxNameLength]);
  expect(second).toMatch(/x” 2$/);
});
