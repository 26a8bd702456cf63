import { readFileSync } from 'node:fs';

/** Linux counts process times in hundredths of a second for every program (USER_HZ, time(7)). */
const tickMs = 10;

/** CPU time from a line of /proc/PID/stat or of a task, milliseconds: fields 14 and 15. Null when it is no such line. */
export function cpuTimeMs(statLine: string): number | null {
  const fields = statLine.slice(statLine.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * tickMs : null;
}

/** Resident size from /proc/PID/status, bytes. */
export function residentBytes(status: string): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The thread or process ended between two looks.
    return null;
  }
}

/** CPU time of the given threads together, milliseconds. */
export function threadsCpuTimeMs(pid: number, threads: readonly number[]): number {
  return threads.reduce((sum, thread) => {
    const line = read(`/proc/${pid}/task/${thread}/stat`);
    return sum + (line === null ? 0 : (cpuTimeMs(line) ?? 0));
  }, 0);
}

/** Resident size of a process, bytes; undefined when it is gone. */
export function processResidentBytes(pid: number): number | undefined {
  const status = read(`/proc/${pid}/status`);
  return status === null ? undefined : (residentBytes(status) ?? undefined);
}
