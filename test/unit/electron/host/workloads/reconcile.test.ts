import { expect, test } from 'vitest';
import type { Observation } from '../../../../../drivers/driver.ts';
import { backoffMs, goesOn, shouldRestart } from '../../../../../electron/host/workloads/reconcile.ts';

const crashed: Partial<Observation> = { phase: 'crashed' };
const ended: Partial<Observation> = { phase: 'stopped', exitCode: 0 };
const failed: Partial<Observation> = { phase: 'stopped', exitCode: 3 };

test.each([
  ['no', crashed, false],
  ['no', ended, false],
  ['on-failure', crashed, true],
  ['on-failure', failed, true],
  ['on-failure', ended, false],
  ['always', ended, true],
  ['always', crashed, true],
  ['always', { phase: 'lost' }, false],
  ['always', { phase: 'unknown' }, false],
  ['always', { phase: 'crashed', attention: 'look' }, false],
] as const)('policy %s on %j: %s', (policy, observation, expected) => {
  expect(shouldRestart(policy, { phase: 'stopped', ...observation })).toBe(expected);
});

test('the wait doubles up to five minutes', () => {
  expect([0, 1, 2, 5].map(backoffMs)).toEqual([1000, 2000, 4000, 32_000]);
  expect(backoffMs(40)).toBe(300_000);
});

test.each([
  ['a restore of a running one that was cut off', {}, true],
  ['one that was stopped', { desired: 'stopped' }, false],
  ['one in the trash', { trashedUntilMs: 1 }, false],
  ['one that somebody has to look at', { observation: { phase: 'saved', attention: 'look' } }, false],
  ['one that just stopped', { observation: { phase: 'stopped' } }, false],
] as const)('a saved memory goes on by itself: %s', (_title, change, expected) => {
  expect(goesOn({ desired: 'running', trashedUntilMs: null, observation: { phase: 'saved' }, ...change })).toBe(
    expected,
  );
});
