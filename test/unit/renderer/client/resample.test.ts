import { expect, it } from 'vitest';
import type { MetricPoint } from '../../../../electron/bridge/contract.ts';
import { resample } from '../../../../renderer/client/resample.ts';

const point = (second: number, cpuCores: number | null): MetricPoint => ({
  atMs: second * 1000,
  cpuCores,
  memoryBytes: null,
  guestMemoryBytes: null,
  diskReadRate: null,
  diskWriteRate: null,
  networkRxRate: null,
  networkTxRate: null,
});
const cpu = (one: MetricPoint) => one.cpuCores;

it.each([
  ['nothing known', [], []],
  ['each second', [point(1, 1), point(2, 2), point(3, 3)], [null, 1, 2, 3]],
  ['a value holds until the next one', [point(1, 1), point(4, 2)], [1, 1, 1, 2]],
  ['but not for long', [point(1, 1), point(30, 2)], [null, null, null, 2]],
  ['gaps stay gaps', [point(1, 1), point(2, null), point(3, 3)], [null, 1, null, 3]],
])('%s', (_title, points, values) => {
  expect(resample(points, cpu, 4).slice(-4)).toEqual(values);
});
