import type { Observation } from '../../driver.ts';
import type { Machine } from '../machine/machine.ts';
import { addressesOf, forwardsOf } from './addresses.ts';
import type { LiveState } from './live.ts';

/** The observed state from the record and what is known of the run. Asks nobody. */
export function observe(machine: Machine, live: LiveState, pending: string[]): Observation {
  const { run, lastEnd, resumeFrom, intent } = machine.record;
  if (live.launching) {
    return { phase: 'starting', reason: 'QEMU is starting.', ...(run === null ? {} : { pid: run.pid }) };
  }
  if (run === null) {
    if (resumeFrom !== null) {
      return { phase: 'saved', reason: 'Its memory is saved; the next start goes on from there.' };
    }
    if (lastEnd === null) {
      return { phase: 'stopped', reason: 'Not started yet.' };
    }
    return {
      phase: lastEnd.phase,
      reason: lastEnd.reason,
      ...(lastEnd.exitCode === null ? {} : { exitCode: lastEnd.exitCode }),
    };
  }
  const common = {
    pid: run.pid,
    startedAtMs: run.startedAtMs,
    addresses: addressesOf(run.forwards ?? forwardsOf(run.argv), live.guestAddresses),
    ...(live.confirmed === null ? {} : { confirmed: live.confirmed }),
    ...(pending.length === 0 ? {} : { pending }),
  };
  if (live.unresponsive !== null) {
    return {
      ...common,
      phase: live.status?.phase ?? 'running',
      reason: 'QEMU does not answer.',
      attention: live.unresponsive,
    };
  }
  if (live.stopping && live.status?.phase !== 'crashed') {
    return { ...common, phase: 'stopping', reason: 'Waiting for the guest to shut down.' };
  }
  if (live.status === null) {
    return { ...common, phase: 'running', reason: 'Running; its monitor is being asked.' };
  }
  if (live.ioError !== null && live.status.phase === 'paused') {
    return { ...common, phase: 'paused', ...live.ioError };
  }
  if (live.status.phase === 'paused' && intent?.kind === 'removeSnapshot' && intent['wasRunning'] === true) {
    return { ...common, phase: 'running', reason: 'Running; it stands for a moment while layers are merged.' };
  }
  if (live.watchdogReset && live.status.phase === 'running') {
    return { ...common, phase: 'running', reason: "Running again: the guest's watchdog ran out and reset it." };
  }
  return { ...common, ...live.status };
}
