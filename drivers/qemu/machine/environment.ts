import type { DriverEvent, OperationContext } from '../../driver.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { Machine } from './machine.ts';
import type { MachineRecord } from './record.ts';

/** How `launch` starts QEMU. */
export type Launch = {
  /** Arguments instead of those built from the record, program first: a restore needs the ones of the snapshot with today's disks (`replaceDisks`). */
  argv?: string[];
  /** Adds `-incoming defer`: QEMU waits for `migrate-incoming` before it runs. */
  incoming?: boolean;
  /** Devices that were hotplugged, given again before `launch` returns. */
  hotplugged?: { execute: string; arguments: Record<string, unknown> }[];
};

/** What the parts of the driver (snapshots, resize, console...) get to work with. */
export type MachineEnvironment = {
  readonly root: string;
  readonly cacheDirectory: string;
  /** Throws `not_found`. */
  machine(id: string): Machine;
  /** Null when there is none of that id. */
  find(id: string): Machine | null;
  /** Ids of all machines that have a directory. */
  ids(): string[];
  /** Makes directories and the durable record of a new machine. Throws `already_exists`. */
  create(record: MachineRecord): Machine;
  /** Removes all files of a machine that does not run. Idempotent. */
  destroy(id: string): void;
  /** Starts QEMU and returns the connected monitor; the run is in the record then. Undone on failure and on abort. Refused with `conflict` while it runs. */
  launch(context: OperationContext, machine: Machine, options?: Launch): Promise<QmpClient>;
  /** Ends the process by force, waits until it is gone and notes `reason` as the end of the run. Idempotent. */
  terminate(machine: Machine, reason: string): Promise<void>;
  /** Asks CPU and memory of a running machine again and tells the host: after a resize. */
  confirm(machine: Machine): Promise<void>;
  /** Tells the host. */
  emit(event: DriverEvent): void;
};
