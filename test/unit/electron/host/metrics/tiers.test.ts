import { expect, test } from 'vitest';
import type { MetricPoint } from '../../../../../electron/bridge/contract.ts';
import { createDownsampler, mean } from '../../../../../electron/host/metrics/tiers.ts';

const point = (atMs: number, cpuCores: number | null): MetricPoint => ({
  atMs,
  cpuCores,
  memoryBytes: 10,
  guestMemoryBytes: null,
  diskReadRate: null,
  diskWriteRate: null,
  networkRxRate: null,
  networkTxRate: null,
});

test('a mean leaves out what is not known', () => {
  expect(mean([point(0, 1), point(1, null), point(2, 3)], 5)).toMatchObject({ atMs: 5, cpuCores: 2, memoryBytes: 10 });
  expect(mean([point(0, null)], 0)).toMatchObject({ cpuCores: null });
});

test('a bucket is given once a point of a later one comes', () => {
  const tens = createDownsampler(10);
  expect(tens.add(point(10_000, 1))).toBeNull();
  expect(tens.add(point(19_999, 3))).toBeNull();
  expect(tens.add(point(20_000, 8))).toMatchObject({ atMs: 10_000, cpuCores: 2 });
  expect(tens.add(point(60_000, 1))).toMatchObject({ atMs: 20_000, cpuCores: 8 });
});

test('the open bucket tells its mean so far', () => {
  const tens = createDownsampler(10);
  expect(tens.open()).toBeNull();
  tens.add(point(10_000, 1));
  tens.add(point(12_000, 3));
  expect(tens.open()).toMatchObject({ atMs: 10_000, cpuCores: 2 });
  tens.add(point(20_000, 8));
  expect(tens.open()).toMatchObject({ atMs: 20_000, cpuCores: 8 });
});
