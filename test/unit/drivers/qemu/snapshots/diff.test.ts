import { expect, test } from 'vitest';
import { layersBetween } from '../../../../../drivers/qemu/snapshots/diff.ts';
import { layer, record } from '../../../../support/qemu/layers.ts';

/** base <- a <- top, and a branch base <- b; a second disk. */
const model = record(
  [
    layer('base', null),
    layer('a', 'base'),
    layer('top', 'a'),
    layer('b', 'base'),
    layer('x', null, { diskId: 'disk1' }),
  ],
  [],
  { disk0: 'top', disk1: 'x' },
);
const at = (disk0: string) => ({ disk0, disk1: 'x' });

test.each<[string, Record<string, string>, Record<string, string>, string[] | null]>([
  ['a point and itself', at('a'), at('a'), []],
  ['a point and a later one', at('base'), at('top'), ['top', 'a']],
  ['a point and an earlier one', at('top'), at('base'), ['top', 'a']],
  ['two branches', at('b'), at('a'), ['b', 'a']],
  ['a disk that is new', { disk0: 'base' }, at('base'), ['x']],
  ['a point without disks', {}, at('top'), null],
])('between %s', (_title, from, to, expected) => {
  expect(layersBetween(model, from, to)?.map(({ id }) => id) ?? null).toEqual(expected);
});
