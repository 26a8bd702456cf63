import { expect, it } from 'vitest';
import type { ForeignView } from '../../../../electron/bridge/contract.ts';
import { findForeign } from '../../../../electron/cli/commands/foreign.ts';

const one = (engineId: string, name: string): ForeignView => ({
  driver: 'docker',
  engineId,
  name,
  ours: false,
  observation: { phase: 'running', reason: '' },
});
const all = [
  one('abc111', 'web'),
  one('abc222', 'db'),
  one('def333', 'abc'),
  { ...one('f1', 'web'), driver: 'qemu' as const },
];

it.each([
  ['web', 'abc111'],
  ['abc222', 'abc222'],
  ['abc2', 'abc222'],
  ['abc', 'def333'],
])('%s is %s', (asked, id) => expect(findForeign(all, 'docker', asked).engineId).toBe(id));

it.each([
  ['ab', 'abc111, abc222'],
  ['gone', 'has no gone'],
])('%s is refused', (asked, words) => expect(() => findForeign(all, 'docker', asked)).toThrow(words));
