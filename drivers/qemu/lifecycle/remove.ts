import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { MachineEnvironment } from '../machine/environment.ts';

/** Names of machines whose disks stand on layers of this one. */
export function dependants(env: MachineEnvironment, id: string): string[] {
  return env
    .ids()
    .filter((other) => other !== id)
    .flatMap((other) => {
      const record = env.find(other)?.record;
      return record?.layers.some((layer) => layer.sharedFrom?.machineId === id) === true ? [record.spec.name] : [];
    });
}

/** The contract's `remove`. Refused with `conflict` while a linked clone needs its disks. */
export async function removeMachine(env: MachineEnvironment, context: OperationContext, id: string): Promise<void> {
  const machine = env.find(id);
  if (machine === null) {
    return;
  }
  const needed = dependants(env, id);
  if (needed.length > 0) {
    throw new NovaError(
      'conflict',
      `"${machine.record.spec.name}" cannot be removed: the linked clones ${needed.join(', ')} need its disks. Remove them first.`,
      { details: { dependants: needed } },
    );
  }
  context.progress(null, 'Removing');
  await env.terminate(machine, 'Removed.');
  machine.save((record) => ({ ...record, intent: { kind: 'remove', startedAtMs: Date.now(), newFiles: [] } }));
  await failpoint('qemu.remove.intent');
  env.destroy(id);
}
