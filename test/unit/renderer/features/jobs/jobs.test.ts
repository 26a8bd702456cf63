import { expect, it } from 'vitest';
import { newFailures, sortJobs, totalFraction } from '../../../../../renderer/features/jobs/jobs.ts';
import { job } from '../../../../support/renderer/records.ts';

it('shows what goes on first, then the newest', () => {
  const jobs = {
    a: job('a', { state: 'succeeded', createdAtMs: 3 }),
    b: job('b', { state: 'running', createdAtMs: 1 }),
    c: job('c', { state: 'failed', createdAtMs: 5 }),
    d: job('d', { state: 'queued', createdAtMs: 2 }),
  };
  expect(sortJobs(jobs).map((one) => one.id)).toEqual(['d', 'b', 'c', 'a']);
});

it('knows how far all are only when each knows', () => {
  expect(totalFraction([job('a', { fraction: 0.5 }), job('b', { fraction: 1 })])).toBe(0.75);
  expect(totalFraction([job('a', { fraction: 0.5 }), job('b')])).toBeNull();
  expect(totalFraction([])).toBeNull();
});

it('tells of new failures only', () => {
  const before = { a: job('a'), b: job('b'), c: job('c', { state: 'failed' }) };
  const after = {
    a: job('a', { state: 'failed' }),
    b: job('b', { state: 'cancelled' }),
    c: before.c,
    d: job('d', { state: 'failed' }),
  };
  expect(newFailures(before, after).map((one) => one.id)).toEqual(['a']);
  // One that failed before it was seen is news where nothing was missed.
  expect(newFailures(before, after, true).map((one) => one.id)).toEqual(['a', 'd']);
});
