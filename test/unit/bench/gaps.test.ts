import { expect, test } from 'vitest';
import { extraPause, longestGap } from '../../bench/guest/gaps.ts';

const times = [0, 50, 100, 250, 300, 350, 430, 480];

test.each([
  ['inside', { fromMs: 60, toMs: 290 }, 150],
  ['one that begins before the span', { fromMs: 200, toMs: 260 }, 150],
  ['one that ends behind the span', { fromMs: 260, toMs: 360 }, 80],
  ['none of the neighbours', { fromMs: 250, toMs: 350 }, 50],
])('the longest gap: %s', (_title, span, expected) => {
  expect(longestGap(times, span)).toBe(expected);
});

test('a guest that said nothing has no gap', () => {
  expect(() => longestGap(times, { fromMs: 500, toMs: 600 })).toThrow('said nothing');
  expect(() => longestGap([10], { fromMs: 0, toMs: 600 })).toThrow('said nothing');
});

test('the extra pause is what is longer than without work, and may be less than nothing', () => {
  const work = { fromMs: 60, toMs: 260 };
  const idle = { fromMs: 280, toMs: 480 };
  expect(extraPause(times, work, idle)).toBe(70);
  expect(extraPause(times, idle, work)).toBe(-70);
});
