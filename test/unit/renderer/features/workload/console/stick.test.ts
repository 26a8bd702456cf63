import { expect, it } from 'vitest';
import { sticks } from '../../../../../../renderer/features/workload/console/stick.ts';

const place = (scrollTop: number, scrollHeight: number) => ({ scrollTop, scrollHeight, clientHeight: 100 });

it.each<[string, Parameters<typeof sticks>, boolean]>([
  ['at its end', [place(900, 1000), 0, false], true],
  ['nearly there', [place(880, 1000), 900, true], true],
  ['lines were added before its scroll to the end was told', [place(900, 3000), 0, true], true],
  ['somebody goes up', [place(500, 1000), 900, true], false],
  ['somebody who went up goes down a bit', [place(600, 1000), 500, false], false],
])('a log goes on showing its end: %s', (_title, args, expected) => {
  expect(sticks(...args)).toBe(expected);
});
