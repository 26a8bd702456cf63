import { expect, test } from 'vitest';
import { type Figure, isMet, median, ratioOf, table } from '../../bench/figures.ts';

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('there is no median of nothing, and the list is left in its order', () => {
  expect(() => median([])).toThrow('no median');
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
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
  ['one of two goals missed', { goal: { atMost: 5, ratioAtMost: 2 }, peer: { name: 'p', value: 10 } }, false],
])('%s', (_title, part, expected) => {
  expect(isMet(figure(part))).toBe(expected);
});

test('the ratio is the figure by its peer', () => {
  expect(ratioOf(figure({ peer: { name: 'p', value: 4 } }))).toBe(2.5);
  expect(ratioOf(figure({}))).toBeNull();
});

test('the table is aligned and tells goal, figure, peer, ratio and verdict', () => {
  const text = table([
    { name: 'start', value: 110, unit: 'ms', peer: { name: 'QEMU', value: 100 }, goal: { ratioAtMost: 1.1 } },
    { name: 'start virsh', skipped: 'libvirt is missing' },
    { name: 'size', value: 130.4, unit: 'MB', goal: { atMost: 120 }, note: 'first' },
  ]);
  expect(text.split('\n')).toEqual([
    'row          goal           figure  peer           ratio  verdict',
    'start        ratio <= 1.10  110 ms  100 ms (QEMU)  1.10   met',
    'start virsh  -              -       -              -      skipped: libvirt is missing',
    'size         <= 120 MB      130 MB  -              -      missed (first)',
  ]);
});
