import { expect, it } from 'vitest';
import { type Selection, type SelectionAct, select } from '../../../../../renderer/features/list/selection.ts';

const ids = ['a', 'b', 'c', 'd'];
const none: Selection = { cursor: null, anchor: null, selected: new Set() };
const run = (...acts: SelectionAct[]) => {
  const end = acts.reduce((state, act) => select(state, ids, act), none);
  return [end.cursor, [...end.selected].join('')];
};
const down: SelectionAct = { type: 'move', by: 1, extend: false };
const downMore: SelectionAct = { type: 'move', by: 1, extend: true };
const upMore: SelectionAct = { type: 'move', by: -1, extend: true };

it.each<[string, SelectionAct[], [string | null, string]]>([
  ['the first step is the first row', [down], ['a', '']],
  ['stops at the end', [down, { type: 'move', by: 99, extend: false }], ['d', '']],
  ['space selects and keeps the rest', [down, { type: 'toggle', id: 'a' }, { type: 'toggle', id: 'c' }], ['c', 'ac']],
  [
    'space again takes it out',
    [
      { type: 'toggle', id: 'a' },
      { type: 'toggle', id: 'a' },
    ],
    ['a', ''],
  ],
  ['shift and arrows make a range', [down, downMore, downMore], ['c', 'abc']],
  ['and back', [down, downMore, downMore, upMore], ['b', 'ab']],
  ['shift and click make a range from the cursor', [down, down, { type: 'range', id: 'd' }], ['d', 'bcd']],
  ['a plain choice clears', [{ type: 'all' }, { type: 'only', id: 'b' }], ['b', '']],
  ['all and none', [{ type: 'all' }, { type: 'none' }], [null, '']],
  ['home and end', [{ type: 'edge', to: 'last' }], ['d', '']],
])('%s', (_title, acts, expected) => {
  expect(run(...acts)).toEqual(expected);
});

it('does nothing in an empty list', () => {
  expect(select(none, [], down)).toEqual(none);
});
