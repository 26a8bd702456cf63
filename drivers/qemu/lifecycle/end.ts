import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How a run ended, as the record keeps it. */
export type End = { phase: 'stopped' | 'crashed'; reason: string; exitCode: number | null };

/** What is known of the end of a run. */
export type EndFacts = {
  /** Set when we ended it: what to say. */
  expected: string | null;
  /** `reason` of the SHUTDOWN event or of QEMU's trace: ShutdownCause of qapi/run-state.json. */
  shutdown: string | null;
  panicked: boolean;
  /** The guest's watchdog powered it off; `perhaps`: it has one that does so, and nobody heard. */
  watchdog: 'yes' | 'perhaps' | 'no';
  /** Known only while QEMU is our child. */
  exit: { code: number | null; signal: string | null } | null;
  /** The kernel ended a process of QEMU's memory group for lack of memory during the run. */
  outOfMemory: boolean;
  /** Last lines of the error log, oldest first. */
  log: string[];
};

/** Numbers of ShutdownCause in QEMU's trace lines, since QEMU 2.12. */
const causes = [
  'none',
  'host-error',
  'host-qmp-quit',
  'host-qmp-system-reset',
  'host-signal',
  'host-ui',
  'guest-shutdown',
  'guest-reset',
  'guest-panic',
  'subsystem-reset',
] as const;

/** The last shutdown request in an error log: known even when no host was connected. Null without one. */
export function shutdownInLog(lines: readonly string[]): string | null {
  for (const line of [...lines].reverse()) {
    const number = /\bqemu_system_shutdown_request reason=(\d+)/.exec(line)?.[1];
    if (number !== undefined) {
      return causes[Number(number)] ?? null;
    }
    // A signal makes no request; QEMU names the sender instead.
    if (/: terminating on signal \d+/.test(line)) {
      return 'host-signal';
    }
  }
  return null;
}

/** True when an error log says that a watchdog powered the machine off: 2 in WatchdogAction of qapi/run-state.json. */
export function watchdogInLog(lines: readonly string[]): boolean {
  return lines.some((line) => /\bwatchdog_perform_action action=2\b/.test(line));
}

const traces = /\b(?:qemu_system_shutdown_request|watchdog_perform_action)\b/;

/** Lines for a person: without our traces. */
export function readableLog(lines: readonly string[]): string[] {
  return lines.filter((line) => line !== '' && !traces.test(line));
}

/** Ends that nobody has to worry about, by their cause. */
const sentences = new Map([
  ['guest-shutdown', 'Shut down by the guest.'],
  ['guest-reset', 'The guest asked for a reset and QEMU ended.'],
  ['host-qmp-quit', 'Ended through the monitor.'],
  ['host-ui', 'Ended from its display.'],
  ['host-signal', 'QEMU was told to end (SIGTERM), perhaps by a shutdown of this machine.'],
]);

/** Says how a run ended. Pure. */
export function classifyEnd(facts: EndFacts): End {
  const exitCode = facts.exit?.code ?? null;
  const lines = readableLog(facts.log);
  const last = lines.at(-1);
  const withLog = (text: string): string => (last === undefined ? `${text}.` : `${text}: ${last}`);
  if (facts.expected !== null) {
    return { phase: 'stopped', reason: facts.expected, exitCode };
  }
  if (facts.panicked || facts.shutdown === 'guest-panic') {
    return { phase: 'crashed', reason: "The guest's kernel panicked.", exitCode };
  }
  const poweredOff = "The guest's watchdog ran out and powered it off.";
  if (facts.watchdog === 'yes') {
    return { phase: 'crashed', reason: poweredOff, exitCode };
  }
  const sentence = facts.shutdown === null ? undefined : sentences.get(facts.shutdown);
  if (sentence !== undefined) {
    return { phase: 'stopped', reason: sentence, exitCode };
  }
  // Nothing else ends QEMU without a request and without a fault.
  if (facts.watchdog === 'perhaps' && exitCode === 0) {
    return { phase: 'crashed', reason: poweredOff, exitCode };
  }
  const signal = facts.exit?.signal ?? null;
  // Nobody saw how an adopted one ended; the kernel's count is enough then.
  if (facts.outOfMemory && (signal === 'SIGKILL' || facts.exit === null)) {
    return {
      phase: 'crashed',
      reason:
        'Killed: out of memory. The kernel ended QEMU for lack of memory; give the machine less, or end something else.',
      exitCode,
    };
  }
  if (signal === 'SIGKILL') {
    return {
      phase: 'crashed',
      reason: 'QEMU was killed (SIGKILL), by another program or by the kernel for lack of memory.',
      exitCode,
    };
  }
  if (signal !== null) {
    return { phase: 'crashed', reason: withLog(`QEMU was ended by ${signal}`), exitCode };
  }
  if (exitCode !== null) {
    return { phase: 'crashed', reason: withLog(`QEMU ended with exit code ${exitCode}`), exitCode };
  }
  const guess = facts.watchdog === 'perhaps' ? ", perhaps powered off by the guest's watchdog" : '';
  return { phase: 'crashed', reason: withLog(`QEMU ended unexpectedly${guess}`), exitCode };
}

/** The last lines of a file, from its last 16 KiB. Empty when it can't be read. */
export function lastLines(path: string, count = 20): string[] {
  const window = 16 * 1024;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    // A run that was never logged has no last words; the end itself is still told.
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(window, size));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .subarray(0, read)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-count);
  } finally {
    closeSync(fd);
  }
}
