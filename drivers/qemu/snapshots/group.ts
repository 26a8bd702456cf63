import type { OperationContext, SnapshotGroup, WorkloadRef } from '../../driver.ts';
import { keptScreen } from '../display/screen.ts';
import { handleOf } from '../lifecycle/create.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { cloneMachine } from './clone.ts';
import { createSnapshot } from './create.ts';
import { diffSnapshots } from './diff.ts';
import { estimateSnapshot } from './estimate.ts';
import { snapshotRecord } from './find.ts';
import { recoverIntent } from './recover.ts';
import { planRemoval, removeSnapshot } from './remove.ts';
import { restoreSnapshot } from './restore.ts';
import type { Tidier } from './tidier.ts';
import { snapshotOf, treeOf } from './tree.ts';

/** Snapshots of QEMU machines, for the driver. */
export function createSnapshotGroup(env: MachineEnvironment, tidier: Tidier): SnapshotGroup {
  /** The machine with nothing half done: what a hung QEMU left in this process' life is put right first. */
  const settled = async <T>(
    context: OperationContext,
    ref: WorkloadRef,
    action: (machine: Machine) => Promise<T>,
  ): Promise<T> => {
    const machine = env.machine(ref.id);
    return await tidier.during(machine, async () => {
      if (machine.record.intent !== null) {
        await recoverIntent(env, machine, { signal: context.signal });
      }
      return await action(machine);
    });
  };
  const told = <T>(machine: Machine, value: T): T => {
    env.emit({ type: 'snapshots', id: machine.id });
    return value;
  };
  return {
    async list(ref) {
      return treeOf(env.machine(ref.id));
    },
    estimate: (ref) => estimateSnapshot(env.machine(ref.id)),
    create: (context, ref, options) =>
      settled(context, ref, async (machine) => told(machine, await createSnapshot(context, machine, options))),
    restore: (context, ref, snapshotId, options) =>
      settled(context, ref, async (machine) => {
        try {
          const result = await restoreSnapshot(context, env, machine, snapshotId, options);
          return { handle: handleOf(machine), ...result };
        } finally {
          told(machine, null);
        }
      }),
    async planRemoval(ref, snapshotId) {
      return planRemoval(env, env.machine(ref.id), snapshotId);
    },
    remove: (context, ref, snapshotId) =>
      settled(context, ref, async (machine) => {
        try {
          await removeSnapshot(context, env, machine, snapshotId);
        } finally {
          told(machine, null);
        }
      }),
    async update(ref, snapshotId, change) {
      const machine = env.machine(ref.id);
      snapshotRecord(machine, snapshotId);
      machine.save((record) => ({
        ...record,
        snapshots: record.snapshots.map((snapshot) =>
          snapshot.id === snapshotId
            ? { ...snapshot, name: change.name ?? snapshot.name, notes: change.notes ?? snapshot.notes }
            : snapshot,
        ),
      }));
      return told(machine, snapshotOf(machine, snapshotRecord(machine, snapshotId)));
    },
    async screenshot(ref, snapshotId) {
      const machine = env.machine(ref.id);
      return keptScreen(machine, snapshotRecord(machine, snapshotId).id);
    },
    clone: (context, ref, snapshotId, target, options) =>
      settled(context, ref, (machine) => cloneMachine(context, env, machine, snapshotId, target, options)),
    async diff(ref, fromId, toId) {
      return diffSnapshots(env.machine(ref.id), fromId, toId, ref.spec);
    },
  };
}
