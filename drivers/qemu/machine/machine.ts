import type { GuestAgent } from '../agent/types.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { RunState } from './identity.ts';
import type { MachinePaths } from './paths.ts';
import type { MachineRecord } from './record.ts';

/** One machine as the parts of the driver share it. One object for each id in a process; operations on it are serialised by the host. */
export type Machine = {
  readonly id: string;
  readonly paths: MachinePaths;
  /** The record as it is on disk. Never changed in place. */
  readonly record: MachineRecord;
  /** Changes the record and writes it durably before it returns. */
  save(change: (record: MachineRecord) => MachineRecord): void;
  /** Changes the record in memory only, for facts that are found out again after a crash. The next `save` writes them too. */
  keep(change: (record: MachineRecord) => MachineRecord): void;
  /** How the process of `record.run` stands; `gone` without a run. */
  state(): RunState;
  /** The connected monitor, or null when it does not run. Throws `timeout` when QEMU does not answer. */
  qmp(): Promise<QmpClient | null>;
  /** The agent inside the guest, or null where none answers now. Never throws; waits 3 s at most for one that has gone deaf. */
  agent(): Promise<GuestAgent | null>;
  /** The monitor if it is connected at this moment. */
  readonly connected: QmpClient | null;
};
