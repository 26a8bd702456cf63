import { readFileSync } from 'node:fs';
import type { Machine } from '../machine/machine.ts';

/** Bytes of the guest's memory that QEMU holds: the upper bound of a saved memory, which leaves out empty pages. 0 when it does not run. */
export function residentBytes(machine: Machine): number {
  const { run } = machine.record;
  if (run === null || machine.state() === 'gone') {
    return 0;
  }
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${run.pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    // It ended just now.
    return 0;
  }
}
