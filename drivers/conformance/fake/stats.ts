import type { Driver, Stats } from '../../driver.ts';
import { MiB } from '../../spec.ts';
import type { Engine } from './engine.ts';
import type { FakeRecord } from './record.ts';
import { sleep } from './wait.ts';

/** Bytes a second that a busy fake workload reads, writes, receives and sends. */
const rate = 200_000;

/** Counters at one moment: they only grow within a run, in waves so that charts move. */
export function statsAt(record: FakeRecord, load: number, atMs: number): Stats {
  const ranMs = Math.max(0, atMs - (record.startedAtMs ?? atMs));
  const vcpus = record.spec.resources.vcpus ?? 1;
  const limit = record.spec.resources.memoryBytes ?? 128 * MiB;
  // The derivative of this never is below zero, and it waves once in about 20 s.
  const busyMs = ranMs - 2500 * Math.sin(ranMs / 3000);
  const activity = Math.max(0, Math.round(busyMs * load * vcpus));
  return {
    atMs,
    cpuTimeMs: activity,
    memoryBytes: Math.round(limit * (0.5 + 0.2 * Math.sin(ranMs / 7000))),
    guestMemoryBytes: Math.round(limit * (0.4 + 0.2 * Math.sin(ranMs / 7000))),
    memoryLimitBytes: limit,
    diskReadBytes: Math.round((activity * rate) / 1000),
    diskWriteBytes: Math.round((activity * rate) / 2000),
    networkRxBytes: Math.round((activity * rate) / 1500),
    networkTxBytes: Math.round((activity * rate) / 3000),
    processes: 3,
  };
}

/** The stream of samples of a running workload. */
export function createStats(engine: Engine): Pick<Driver, 'stats'> {
  return {
    async *stats(ref, everyMs, signal) {
      for (;;) {
        const record = engine.store.find(ref.id);
        if (signal.aborted || record === null || !['running', 'paused'].includes(record.phase)) {
          return;
        }
        try {
          await engine.pass('stats', record, signal);
          yield statsAt(record, engine.settings(record.spec).load, Date.now());
          await sleep(everyMs, signal);
        } catch (error) {
          if (signal.aborted) {
            return;
          }
          throw error;
        }
      }
    },
  };
}
