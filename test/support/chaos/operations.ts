import { MiB } from '../../../drivers/spec.ts';
import { methods } from '../../../electron/bridge/contract.ts';
import type { Handlers } from '../../../electron/bridge/handlers.ts';
import type { Random } from '../random.ts';
import type { ChaosEngine } from './engines.ts';
import type { Seen } from './messages.ts';

/** One operation that a host is killed in. */
export type Operation = {
  verb: string;
  /** The workloads whose state is not known when it is cut off. */
  names: string[];
  /** Begins it; the job's id. */
  begin(): Promise<{ job: { id: string } }>;
};

/** Most workloads at one time: each running one is a process on a small machine. */
const most = 5;

/** Chooses what to do next. */
export async function nextOperation(
  random: Random,
  handlers: Handlers,
  engine: ChaosEngine,
  workloads: Seen[],
): Promise<Operation> {
  const context = { signal: new AbortController().signal };
  const fresh = `w${random.below(1_000_000_000).toString(36)}`;
  if (workloads.length < 2 || (workloads.length < most && random.next() < 0.25)) {
    const input = methods['workloads.create'].input.parse({ spec: engine.spec(fresh), start: false });
    return { verb: 'create', names: [fresh], begin: async () => await handlers['workloads.create'](input, context) };
  }
  const { name, phase, id } = random.pick(workloads);
  const workload = id;
  const { snapshots } = await handlers['snapshots.list']({ workload }, context);
  const runs = phase === 'running';
  const choices: Operation[] = [
    runs
      ? {
          verb: 'stop',
          names: [name],
          begin: async () => await handlers['workloads.stop']({ workload, graceSeconds: 0, force: true }, context),
        }
      : { verb: 'start', names: [name], begin: async () => await handlers['workloads.start']({ workload }, context) },
    {
      verb: 'snapshot',
      names: [name],
      begin: async () =>
        await handlers['snapshots.create'](
          { workload, name: fresh, notes: '', kind: runs && random.next() < 0.6 ? 'disk+memory' : 'disk' },
          context,
        ),
    },
  ];
  // A guest that sits in its firmware does not follow, and a change of it takes as long as one that hangs.
  if (!runs || random.next() < 0.3) {
    choices.push({
      verb: 'resize',
      names: [name],
      begin: async () =>
        await handlers['workloads.resize'](
          { workload, resources: { vcpus: 1 + random.below(2), memoryBytes: (64 + 64 * random.below(3)) * MiB } },
          context,
        ),
    });
  }
  if (workloads.length < most) {
    choices.push({
      verb: 'clone',
      names: [name, fresh],
      begin: async () =>
        await handlers['workloads.clone']({ workload, name: fresh, linked: random.next() < 0.5 }, context),
    });
  }
  if (workloads.length > 2) {
    choices.push({
      verb: 'remove',
      names: [name],
      begin: async () => await handlers['workloads.remove']({ workload, now: true }, context),
    });
  }
  if (snapshots.length > 0) {
    const snapshot = random.pick(snapshots).id;
    const restore: Operation = {
      verb: 'restore',
      names: [name],
      begin: async () =>
        await handlers['snapshots.restore']({ workload, snapshot, keep: random.next() < 0.5 }, context),
    };
    choices.push(restore, restore, {
      verb: 'removeSnapshot',
      names: [name],
      begin: async () => await handlers['snapshots.remove']({ workload, snapshot }, context),
    });
  }
  return random.pick(choices);
}
