import type { Driver } from '../../driver.ts';
import type { DriverName, WorkloadSpecInput } from '../../spec.ts';

/** A driver under test and what the suite needs to know of it. */
export type Target = {
  name: DriverName;
  /** Opens the driver on the target's own directories. Called again for each host restart, after the old one was closed. */
  open(): Driver;
  /** A workload that starts in milliseconds, runs until it is ended and does not react to an orderly shutdown. */
  small(name: string): WorkloadSpecInput;
  /** A workload with a shell on `shellConsole`, a writable `/data` on its disk, and live growth to 2 CPUs; null where there is none. */
  guest: ((this: void, name: string) => WorkloadSpecInput) | null;
  /** The console on which the guest's shell is; `serial0` where absent. */
  shellConsole?: string;
  /** What is left on this machine of a workload that was removed: files, processes, sockets. */
  leftovers(id: string): Promise<string[]>;
  /** Removes the directories. */
  dispose(): Promise<void>;
};
