import { randomUUID } from 'node:crypto';
import type { Handle, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineRecord } from '../machine/record.ts';

/** The driver's handle: the record in the machine's directory holds the rest. */
export function handleOf(machine: Machine): Handle {
  return { version: 1, uuid: machine.record.uuid };
}

/** A record without disks; `intent` is what is being done to it. */
export function newRecord(id: string, spec: WorkloadSpec, intent: MachineRecord['intent']): MachineRecord {
  return {
    version: 1,
    id,
    uuid: randomUUID(),
    spec,
    layers: [],
    disks: [],
    snapshots: [],
    currentId: null,
    resumeFrom: null,
    run: null,
    lastEnd: null,
    boots: 0,
    intent,
  };
}

/** The contract's `create`. `createDisks` makes the files and notes them in the record. */
export async function createMachine(
  env: MachineEnvironment,
  createDisks: (context: OperationContext, machine: Machine, spec: WorkloadSpec) => Promise<void>,
  context: OperationContext,
  id: string,
  spec: WorkloadSpec,
): Promise<Handle> {
  const known = env.find(id);
  if (known !== null && known.record.intent?.kind !== 'create') {
    return handleOf(known);
  }
  // What an earlier try left is not trusted.
  env.destroy(id);
  const machine = env.create(newRecord(id, spec, { kind: 'create', startedAtMs: Date.now(), newFiles: [] }));
  try {
    await failpoint('qemu.create.recorded');
    await createDisks(context, machine, spec);
    await failpoint('qemu.create.disks');
    context.signal.throwIfAborted();
    machine.save((record) => ({ ...record, intent: null }));
    return handleOf(machine);
  } catch (error) {
    env.destroy(id);
    if (context.signal.aborted) {
      throw new NovaError('cancelled', `The creation of "${spec.name}" was cancelled; nothing of it is left.`, {
        cause: error,
      });
    }
    throw error;
  }
}
