import type { Resources } from '../../spec.ts';
import type { DiskError } from './disk-error.ts';
import type { OomWatch } from './oom.ts';
import type { Status } from './status.ts';

/** What this process knows of a machine beyond its record; forgotten with it. */
export type LiveState = {
  /** As the monitor last said; null before the first answer. */
  status: Status | null;
  /** QEMU does not answer or is stopped: what to say. */
  unresponsive: string | null;
  /** `reason` of a SHUTDOWN event of this run. */
  shutdown: string | null;
  panicked: boolean;
  /** What the guest's watchdog was to do when it last ran out (WatchdogAction of qapi/run-state.json). */
  watchdog: string | null;
  /** The last reset was the watchdog's. */
  watchdogReset: boolean;
  /** What the disk error was that paused it. */
  ioError: DiskError | null;
  /** Tells later whether the kernel ended it for lack of memory. */
  oom: OomWatch | null;
  /** We are ending it: what to note as the reason. */
  expectedEnd: string | null;
  /** A stop is under way. */
  stopping: boolean;
  /** A launch is under way: its own code deals with an end. */
  launching: boolean;
  /** Exit of our own child, once it is there. Never settles for an adopted process. */
  exit: Promise<{ code: number | null; signal: string | null }> | null;
  /** CPU and memory as QEMU last confirmed. */
  confirmed: Resources | null;
  /** Addresses of the guest's network as its agent says. */
  guestAddresses: readonly string[];
};

/** The state before anything is known. */
export function newLiveState(): LiveState {
  return {
    status: null,
    unresponsive: null,
    shutdown: null,
    panicked: false,
    watchdog: null,
    watchdogReset: false,
    ioError: null,
    oom: null,
    expectedEnd: null,
    stopping: false,
    launching: false,
    exit: null,
    confirmed: null,
    guestAddresses: [],
  };
}
