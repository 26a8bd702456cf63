import { expect, test } from 'vitest';
import {
  fromShare,
  powersOfTwo,
  toShare,
  zoneAt,
  zonesOf,
} from '../../../../../../renderer/features/workload/resources/zones.ts';

test.each([
  {
    title: 'all three',
    range: { min: 1, max: 8, liveMax: 2, hostMax: 4 },
    zones: [
      ['live', 1, 2],
      ['restart', 2, 4],
      ['overcommit', 4, 8],
    ],
  },
  {
    title: 'what grows live beyond the machine is over-commit',
    range: { min: 1, max: 8, liveMax: 6, hostMax: 4 },
    zones: [
      ['live', 1, 4],
      ['overcommit', 4, 8],
    ],
  },
  {
    title: 'a machine larger than the slider leaves no over-commit',
    range: { min: 1, max: 8, liveMax: 8, hostMax: 64 },
    zones: [['live', 1, 8]],
  },
  {
    title: 'nothing grows live',
    range: { min: 1, max: 8, liveMax: 1, hostMax: 8 },
    zones: [['restart', 1, 8]],
  },
])('zones: $title', ({ range, zones }) => {
  expect(zonesOf(range).map((zone) => [zone.kind, zone.from, zone.to])).toEqual(zones);
});

test('a value on a border belongs to the zone below it', () => {
  const zones = zonesOf({ min: 1, max: 8, liveMax: 2, hostMax: 4 });
  expect([1, 2, 3, 4, 5, 99].map((value) => zoneAt(zones, value))).toEqual([
    'live',
    'live',
    'restart',
    'restart',
    'overcommit',
    'overcommit',
  ]);
});

test('place and value are inverse, within the ends', () => {
  for (const value of [64, 100, 512, 4096]) expect(fromShare(toShare(value, 64, 4096), 64, 4096)).toBeCloseTo(value, 6);
  expect(toShare(1, 64, 4096)).toBe(0);
  expect(toShare(9999, 64, 4096)).toBe(1);
  expect(fromShare(-1, 64, 4096)).toBe(64);
  expect(fromShare(2, 64, 4096)).toBe(4096);
  expect(toShare(5, 5, 5)).toBe(0);
});

test('ticks stand at powers of two and at the ends', () => {
  expect(powersOfTwo(1, 6)).toEqual([1, 2, 4, 6]);
  expect(powersOfTwo(0.25, 2)).toEqual([0.25, 0.5, 1, 2]);
});
