import { expect, test } from 'vitest';
import type { Line } from '../../bench/figures.ts';
import { summary, table } from '../../bench/table.ts';

const lines: Line[] = [
  {
    name: 'start',
    value: [110, 100, 130],
    unit: 'ms',
    peer: { name: 'QEMU', value: [100, 100] },
    goal: { ratioAtMost: 1.1 },
  },
  { name: 'start, virsh', skipped: 'libvirt is missing' },
  { name: 'size', value: 130.4, unit: 'MB', goal: { atMost: 120 }, note: 'first' },
  { name: 'restore', value: 9.5, unit: 'ms', goal: null },
];

test('the table is aligned and tells ours, peer, ratio, goal, verdict and the samples', () => {
  expect(table(lines).split('\n')).toEqual([
    'row           ours              peer                   ratio  goal           verdict',
    'start         110 ms ±7.50 n=3  QEMU 100 ms ±0.00 n=2  1.10   ratio <= 1.10  met',
    'start, virsh  -                 -                      -      -              skipped: libvirt is missing',
    'size          130 MB            -                      -      <= 120 MB      missed (first)',
    'restore       9.50 ms           -                      -      -              no goal',
  ]);
});

test('the summary counts', () => {
  expect(summary(lines)).toBe('1 met, 1 missed, 1 without a goal, 1 skipped');
});
