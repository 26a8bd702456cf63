import type { Stats } from '../../../drivers/driver.ts';
import type { MetricPoint } from '../../bridge/contract.ts';

/** A gap beyond this many intervals is a sleep of the machine or a jump of the clock: its rates mean nothing. */
const maxIntervals = 4;

/**
 * The point that lies between two samples. Levels always count; rates are null for the first sample, over a gap, after
 * a clock that went back and after a counter that began anew. Pure.
 */
export function pointBetween(before: Stats | null, now: Stats, intervalMs: number): MetricPoint {
  const elapsedMs = before ? now.atMs - before.atMs : 0;
  const usable = before !== null && elapsedMs > 0 && elapsedMs <= maxIntervals * intervalMs;
  const rate = (from: number | undefined, to: number | undefined, perMs: number) => {
    if (!usable || from === undefined || to === undefined || to < from) {
      return null;
    }
    return ((to - from) / elapsedMs) * perMs;
  };
  return {
    atMs: now.atMs,
    cpuCores: rate(before?.cpuTimeMs, now.cpuTimeMs, 1),
    memoryBytes: now.memoryBytes ?? null,
    guestMemoryBytes: now.guestMemoryBytes ?? null,
    diskReadRate: rate(before?.diskReadBytes, now.diskReadBytes, 1000),
    diskWriteRate: rate(before?.diskWriteBytes, now.diskWriteBytes, 1000),
    networkRxRate: rate(before?.networkRxBytes, now.networkRxBytes, 1000),
    networkTxRate: rate(before?.networkTxBytes, now.networkTxBytes, 1000),
  };
}
