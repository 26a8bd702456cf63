import type { Phase } from '../../driver.ts';

/** A phase with its reason. */
export type Status = { phase: Phase; reason: string; attention?: string };

/** What `query-status` calls a state (RunState of qapi/run-state.json) in the contract's words. */
export function statusOf(qemuStatus: string): Status {
  switch (qemuStatus) {
    case 'running':
      return { phase: 'running', reason: 'Running.' };
    case 'debug':
    case 'paused':
      return { phase: 'paused', reason: 'Paused.' };
    case 'suspended':
      return { phase: 'paused', reason: 'Asleep: the guest suspended itself. A reset or its own timer wakes it.' };
    case 'prelaunch':
    case 'inmigrate':
      return { phase: 'starting', reason: 'QEMU waits for the saved memory.' };
    case 'save-vm':
    case 'restore-vm':
    case 'postmigrate':
    case 'finish-migrate':
    case 'colo':
      return { phase: 'paused', reason: 'Stands still while its memory is written.' };
    case 'shutdown':
      return { phase: 'stopping', reason: 'Shutting down.' };
    case 'guest-panicked':
      return { phase: 'crashed', reason: "The guest's kernel panicked.", attention: 'Reset it or force it off.' };
    case 'watchdog':
      return { phase: 'paused', reason: "The guest's watchdog ran out.", attention: 'Resume, reset or force it off.' };
    case 'io-error':
      return {
        phase: 'paused',
        reason: 'Paused: a disk could not be read or written.',
        attention: 'Look at the disk of this machine, then resume.',
      };
    case 'internal-error':
      return {
        phase: 'paused',
        reason: 'Paused: the accelerator reported an internal error.',
        attention: 'Reset it, or force it off and start it with the accelerator "tcg".',
      };
    default:
      return { phase: 'unknown', reason: `QEMU is in the state "${qemuStatus}".` };
  }
}
