import { expect, test } from 'vitest';
import { automaticSnapshots, surplusAutomatic } from '../../../../../drivers/qemu/snapshots/prune.ts';
import { snapshot } from '../../../../support/qemu/layers.ts';

const automatic = (id: string, at: number, parentId: string | null = null) =>
  snapshot(id, parentId, {}, { automatic: true, createdAtMs: at });

test.each<[string, Parameters<typeof surplusAutomatic>, string[]]>([
  ['nothing up to the bound', [[automatic('1', 1), automatic('2', 2)], null, 2], []],
  [
    'the oldest beyond it, in whatever order they stand',
    [[automatic('3', 3), automatic('1', 1), automatic('2', 2)], null, 1],
    ['1', '2'],
  ],
  ['never one that a person took', [[snapshot('0', null, {}), automatic('1', 1), automatic('2', 2)], null, 1], ['1']],
  ['never one with children', [[automatic('1', 1), automatic('2', 2, '1'), automatic('3', 3)], null, 1], ['2']],
  ['never where the machine stands', [[automatic('1', 1), automatic('2', 2)], '1', 1], []],
])('%s', (_title, args, expected) => {
  expect(surplusAutomatic(...args)).toEqual(expected);
});

test('the bound by default', () => {
  const many = Array.from({ length: automaticSnapshots + 2 }, (_, index) => automatic(String(index), index));
  expect(surplusAutomatic(many, null)).toEqual(['0', '1']);
});
