import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { NovaError } from '../../errors.ts';
import { agentChardev, createAgentLink } from '../agent/link.ts';
import { connectQmp } from '../qmp/client.ts';
import type { QmpClient } from '../qmp/types.ts';
import { makeMachineDirectories, readRecord, removeBeneath, writeRecord } from './files.ts';
import { runState } from './identity.ts';
import type { Machine } from './machine.ts';
import { machinePaths } from './paths.ts';
import type { MachineRecord } from './record.ts';

/** The machines of one root directory. */
export type MachineStore = {
  /** Throws `not_found`. */
  machine(id: string): Machine;
  find(id: string): Machine | null;
  /** Ids of all machines that have a directory. */
  ids(): string[];
  /** Throws `already_exists`. */
  create(record: MachineRecord): Machine;
  /** Removes all files. The caller has made sure that it does not run. Idempotent. */
  destroy(id: string): void;
  /** Ends the connections; machines go on. */
  close(): void;
};

/** Ids become file names and parts of socket paths. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$/;

/** Opens the store. `onConnected` is called once for every new monitor connection, before anyone gets it. */
export function createMachineStore(options: {
  root: string;
  runtimeRoot: string;
  onConnected(machine: Machine, client: QmpClient): void;
}): MachineStore {
  const { root, runtimeRoot } = options;
  const machines = new Map<string, Machine>();

  const checkId = (id: string): void => {
    if (!idPattern.test(id)) {
      throw new NovaError('invalid_spec', `${JSON.stringify(id)} is not an id of a virtual machine.`);
    }
  };

  const open = (id: string, first: MachineRecord): Machine => {
    let record = first;
    let client: QmpClient | null = null;
    let connecting: Promise<QmpClient> | null = null;
    const paths = machinePaths(root, runtimeRoot, id);
    const link = createAgentLink(paths.agentSocket);
    const connect = async (): Promise<QmpClient> => {
      const fresh = await connectQmp(paths.qmpSocket);
      client = fresh;
      const forget = async (): Promise<void> => {
        await fresh.closed;
        link.close();
        client = client === fresh ? null : client;
      };
      void forget();
      options.onConnected(machine, fresh);
      return fresh;
    };
    const machine: Machine = {
      id,
      paths,
      get record() {
        return record;
      },
      get connected() {
        return client;
      },
      save(change) {
        const next = change(record);
        writeRecord(paths.record, next);
        record = next;
      },
      keep(change) {
        record = change(record);
      },
      state() {
        return record.run === null ? 'gone' : runState(record.run, record.uuid);
      },
      async qmp() {
        if (client !== null) {
          return client;
        }
        if (machine.state() === 'gone') {
          return null;
        }
        connecting ??= connect().finally(() => {
          connecting = null;
        });
        return await connecting;
      },
      async agent() {
        // A run of an older NovaCron has no such port.
        if (record.run?.argv.some((word) => word.includes(`id=${agentChardev},`)) !== true) {
          return null;
        }
        try {
          const monitor = await machine.qmp();
          return monitor === null ? null : await link.get(monitor);
        } catch {
          // A QEMU that does not answer has no agent to offer.
          return null;
        }
      },
    };
    machines.set(id, machine);
    return machine;
  };

  const find = (id: string): Machine | null => {
    checkId(id);
    const known = machines.get(id);
    if (known !== undefined) {
      return known;
    }
    const record = readRecord(machinePaths(root, runtimeRoot, id).record);
    return record === null ? null : open(id, record);
  };

  return {
    find,
    machine(id) {
      const machine = find(id);
      if (machine === null) {
        throw new NovaError('not_found', `There is no virtual machine with the id ${id}.`);
      }
      return machine;
    },
    ids() {
      return existsSync(root) ? readdirSync(root).filter((name) => idPattern.test(name)) : [];
    },
    create(record) {
      checkId(record.id);
      const paths = machinePaths(root, runtimeRoot, record.id);
      if (existsSync(paths.record)) {
        throw new NovaError('already_exists', `There is a virtual machine with the id ${record.id} already.`);
      }
      mkdirSync(root, { recursive: true, mode: 0o700 });
      mkdirSync(runtimeRoot, { recursive: true, mode: 0o700 });
      makeMachineDirectories(paths);
      writeRecord(paths.record, record);
      return open(record.id, record);
    },
    destroy(id) {
      checkId(id);
      const paths = machinePaths(root, runtimeRoot, id);
      machines.get(id)?.connected?.close();
      machines.delete(id);
      removeBeneath(runtimeRoot, paths.runtime);
      removeBeneath(root, paths.directory);
    },
    close() {
      for (const machine of machines.values()) {
        machine.connected?.close();
      }
    },
  };
}
