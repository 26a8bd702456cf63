import { describe, expect, test } from 'vitest';
import type { MachineRecord } from '../../../../../drivers/qemu/machine/record.ts';
import { chainOf, faultsOf, putOnTop, topLayers } from '../../../../../drivers/qemu/snapshots/layers.ts';
import { layer, record, snapshot } from '../../../../support/qemu/layers.ts';

const sound = record([layer('base', null), layer('top', 'base')], [snapshot('s', null, { disk0: 'base' })], {
  disk0: 'top',
});

test('a chain goes from the top down', () => {
  expect(chainOf(sound.layers, 'top').map(({ id }) => id)).toEqual(['top', 'base']);
});

test.each<[string, string, RegExp]>([
  ['a missing layer', 'gone', /lacks the disk layer gone/],
  ['a circle', 'a', /form a circle/],
])('a chain with %s is an error', (_title, from, message) => {
  expect(() => chainOf([layer('a', 'b'), layer('b', 'a')], from)).toThrow(message);
});

test('new tops freeze what is beneath them and touch no other disk', () => {
  const before = record([layer('a', null), layer('b', null, { diskId: 'disk1' })], [], { disk0: 'a', disk1: 'b' });
  const after = putOnTop(before, { disk0: layer('c', 'a', { frozen: false }) });
  expect(topLayers(after)).toEqual({ disk0: 'c', disk1: 'b' });
  expect(after.layers.map(({ id, frozen }) => [id, frozen])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
  expect(faultsOf(after)).toEqual([]);
  expect(topLayers(before)).toEqual({ disk0: 'a', disk1: 'b' });
});

describe('faults of a model', () => {
  const change = (part: Partial<MachineRecord>): MachineRecord => ({ ...sound, ...part });
  test('none in a sound one', () => {
    expect(faultsOf(sound)).toEqual([]);
  });
  test.each<[string, MachineRecord, RegExp]>([
    ['a layer twice', change({ layers: [...sound.layers, layer('base', null)] }), /twice/],
    ['a missing backing', change({ layers: [layer('top', 'base', { frozen: false })] }), /stands on a missing one/],
    [
      'a backing that is written to',
      change({ layers: [layer('base', null, { frozen: false }), layer('top', 'base', { frozen: false })] }),
      /written to/,
    ],
    ['a frozen top', change({ layers: [layer('base', null), layer('top', 'base')] }), /no top of its own/],
    [
      'a top that is the image of a user',
      change({ layers: [layer('base', null), layer('top', 'base', { frozen: false, external: true })] }),
      /no top of its own/,
    ],
    ['a snapshot of a missing layer', change({ snapshots: [snapshot('s', null, { disk0: 'gone' })] }), /missing layer/],
    ['a snapshot of a missing parent', change({ snapshots: [snapshot('s', 'gone', {})] }), /missing parent/],
  ])('%s', (_title, model, fault) => {
    expect(faultsOf(model)).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });
});
