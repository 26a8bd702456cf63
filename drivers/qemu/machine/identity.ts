import { readdirSync, readFileSync } from 'node:fs';
import type { Run } from './record.ts';

/** What /proc tells of a process. */
export type ProcessFacts = {
  /** One letter: R, S, D, T (stopped), Z (zombie)... */
  state: string;
  /** Start in clock ticks since boot. */
  startTicks: number;
};

/** Reads a file of /proc; null when the process is gone. */
function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // ENOENT or ESRCH: it ended. EACCES can't be for our own processes, and a stranger's are not ours.
    return null;
  }
}

/** Reads the fields of /proc/PID/stat that we need. Null when it is not such a line. Source: proc(5). */
export function parseStat(text: string): ProcessFacts | null {
  // The second field is the program's name in brackets, which may itself have spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = Number(fields[19]);
  return state === undefined || state === '' || !Number.isFinite(startTicks) ? null : { state, startTicks };
}

/** A process' facts, or null when there is none of that pid. */
export function processFacts(pid: number): ProcessFacts | null {
  const text = readProc(`/proc/${pid}/stat`);
  return text === null ? null : parseStat(text);
}

let bootId: string | null = null;

/** The id of this boot of the machine. Read once: no process outlives its boot. */
export function currentBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

/** True when the command line of the process names the machine: `-uuid <uuid>`. */
export function hasUuid(pid: number, uuid: string): boolean {
  const text = readProc(`/proc/${pid}/cmdline`);
  if (text === null) {
    return false;
  }
  const words = text.split('\0');
  const at = words.indexOf('-uuid');
  return at !== -1 && words[at + 1] === uuid;
}

/** How a run's process stands: `stopped` means by SIGSTOP. A zombie counts as gone: it runs nothing and holds nothing. */
export type RunState = 'alive' | 'stopped' | 'gone';

/** The processes whose uuid was seen, as pid and start: the pair names one process for the whole of a boot. */
const seen = new Map<number, { startTicks: number; uuid: string }>();

function isMachine(pid: number, startTicks: number, uuid: string): boolean {
  const known = seen.get(pid);
  if (known !== undefined && known.startTicks === startTicks && known.uuid === uuid) {
    return true;
  }
  if (!hasUuid(pid, uuid)) {
    return false;
  }
  seen.set(pid, { startTicks, uuid });
  return true;
}

/**
 * Whether the very process of a run is there still: same boot, pid, start time and uuid. Pids come again, so the pid
 * alone is never trusted; called right before every signal. One that a debugger holds is alive: its monitor tells more.
 */
export function runState(run: Pick<Run, 'pid' | 'startTicks' | 'bootId'>, uuid: string): RunState {
  if (run.bootId !== currentBootId()) {
    return 'gone';
  }
  const facts = processFacts(run.pid);
  if (facts === null || facts.startTicks !== run.startTicks || facts.state === 'Z' || facts.state === 'X') {
    seen.delete(run.pid);
    return 'gone';
  }
  if (!isMachine(run.pid, run.startTicks, uuid)) {
    return 'gone';
  }
  return facts.state === 'T' ? 'stopped' : 'alive';
}

/** Sends a signal to a run's process if it is still that process. False when it was gone. */
export function signalRun(
  run: Pick<Run, 'pid' | 'startTicks' | 'bootId'>,
  uuid: string,
  signal: NodeJS.Signals,
): boolean {
  if (runState(run, uuid) === 'gone') {
    return false;
  }
  try {
    process.kill(run.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

/** Pids of live processes with a `-uuid` in their command line, by uuid. A look at every process: for recovery only. */
export function processesByUuid(): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) {
      continue;
    }
    const words = (readProc(`/proc/${pid}/cmdline`) ?? '').split('\0');
    const uuid = words[words.indexOf('-uuid') + 1];
    const facts = words.includes('-uuid') && uuid !== undefined ? processFacts(pid) : null;
    if (uuid !== undefined && facts !== null && facts.state !== 'Z' && facts.state !== 'X') {
      found.set(uuid, pid);
    }
  }
  return found;
}

/** The argument vector of a process; null when it is gone. */
export function commandLine(pid: number): string[] | null {
  const text = readProc(`/proc/${pid}/cmdline`);
  return text === null || text === '' ? null : text.replace(/\0$/, '').split('\0');
}
