import { expect, test } from 'vitest';
import type { Observation } from '../../../../../drivers/driver.ts';
import { backoffMs, shouldRestart } from '../../../../../electron/host/workloads/reconcile.ts';

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
