import { expect, it } from 'vitest';
import { parseEnv, splitWords } from '../../../../../renderer/features/docker/words.ts';

it.each([
  ['', []],
  ['  a  b ', ['a', 'b']],
  ['sh -c "echo hi; true"', ['sh', '-c', 'echo hi; true']],
  ["a 'b \\ c' d", ['a', 'b \\ c', 'd']],
  ['a\\ b "" x""y', ['a b', '', 'xy']],
  ['$(rm) `x` *', ['$(rm)', '`x`', '*']],
])('splits %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

it('reads variables', () => {
  expect(parseEnv('A=1\n\n# no\nB=x=y \nC')).toEqual({ A: '1', B: 'x=y ', C: '' });
});
