import { expect, test } from 'vitest';
import { newLiveState } from '../../../../../drivers/qemu/lifecycle/live.ts';
import type { Machine } from '../../../../../drivers/qemu/machine/machine.ts';
import { cpuTimeMs, residentBytes } from '../../../../../drivers/qemu/stats/process.ts';
import { guestMemory, sampleStats } from '../../../../../drivers/qemu/stats/stats.ts';

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

test('readers of samples leave nothing behind at the connection, which outlives them', async () => {
  let listeners = 0;
  const connected = {
    execute: async () => [],
    onEvent() {
      listeners += 1;
      return () => {
        listeners -= 1;
      };
    },
  };
  const machine = {
    record: { run: { boot: 1, pid: process.pid }, spec: { resources: {} } },
    connected,
    state: () => 'alive',
    agent: async () => null,
  } as unknown as Machine;
  for (let reader = 0; reader < 3; reader += 1) {
    for await (const sample of sampleStats(machine, newLiveState, 1, new AbortController().signal)) {
      expect(sample.memoryBytes).toBeGreaterThan(0);
      expect(listeners).toBe(1);
      break;
    }
  }
  expect(listeners).toBe(0);
});
