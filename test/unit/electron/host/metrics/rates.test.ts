import { describe, expect, test } from 'vitest';
import { pointBetween } from '../../../../../electron/host/metrics/rates.ts';

const before = { atMs: 10_000, cpuTimeMs: 500, diskReadBytes: 1000, networkRxBytes: 50, memoryBytes: 7 };

describe('pointBetween', () => {
  test('rates come from the counters, levels from the newer sample', () => {
    const now = { atMs: 11_000, cpuTimeMs: 1500, diskReadBytes: 5000, networkRxBytes: 50, memoryBytes: 9 };
    expect(pointBetween(before, now, 1000)).toEqual({
      atMs: 11_000,
      cpuCores: 1,
      memoryBytes: 9,
      guestMemoryBytes: null,
      diskReadRate: 4000,
      diskWriteRate: null,
      networkRxRate: 0,
      networkTxRate: null,
    });
  });

  test.each([
    ['the first sample', null, { ...before, atMs: 11_000 }],
    ['fault 51: a gap of an hour', before, { ...before, atMs: 3_610_000, cpuTimeMs: 900_000 }],
    ['fault 51: a clock that went back', before, { ...before, atMs: 9000, cpuTimeMs: 900 }],
    ['a counter that began anew', before, { ...before, atMs: 11_000, cpuTimeMs: 3 }],
  ])('%s has no rate', (_, first, now) => {
    expect(pointBetween(first, now, 1000)).toMatchObject({ cpuCores: null, memoryBytes: 7 });
  });
});
