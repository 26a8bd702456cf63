import { expect, it } from 'vitest';
import { newLines } from '../../../../electron/cli/new-lines.ts';

it.each([
  [[], ['a'], ['a']],
  [['a'], ['a', 'b'], ['b']],
  [['a', 'b', 'c'], ['b', 'c', 'd'], ['d']],
  [['a', 'a'], ['a', 'a', 'a'], ['a']],
  [
    ['a', 'b'],
    ['x', 'y'],
    ['x', 'y'],
  ],
  [['a'], ['a'], []],
])('%j then %j adds %j', (before, after, added) => {
  expect(newLines(before, after)).toEqual(added);
});
