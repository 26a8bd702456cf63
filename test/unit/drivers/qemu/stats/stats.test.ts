import { expect, test } from 'vitest';
import { cpuTimeMs, residentBytes } from '../../../../../drivers/qemu/stats/process.ts';
import { guestMemory } from '../../../../../drivers/qemu/stats/stats.ts';

test('CPU time of a thread with a name that tries to be clever', () => {
  expect(cpuTimeMs('7 (CPU 0/TCG) R) 9 9) S 1 1 1 0 -1 1 1 1 1 1 250 50 0 0 20')).toBe(3000);
  expect(cpuTimeMs('nonsense')).toBeNull();
});

test('resident size', () => {
  expect(residentBytes('Name:\tqemu\nVmRSS:\t   2048 kB\nThreads: 3\n')).toBe(2 * 1024 * 1024);
  expect(residentBytes('Name:\tqemu\n')).toBeNull();
});

/** 2^64-1, as JSON gives it. */
const absent = 2 ** 64;

test.each([
  [{ 'stat-total-memory': 1000, 'stat-available-memory': 400, 'stat-free-memory': 100 }, 600],
  [{ 'stat-total-memory': 1000, 'stat-free-memory': 100, 'stat-available-memory': absent }, 900],
  [{ 'stat-total-memory': absent }, undefined],
  [{}, undefined],
])('guest memory from %j', (stats, expected) => {
  expect(guestMemory(stats)).toBe(expected);
});
