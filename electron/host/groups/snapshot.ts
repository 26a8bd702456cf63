import type { Driver, OperationContext, SnapshotKind } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { refreshSnapshots } from '../workloads/observe.ts';
import { limits, runOperation } from '../workloads/operation.ts';
import { recoverAgain } from '../workloads/recover.ts';
import type { WorkloadRecord } from '../workloads/registry.ts';
import { bestKind, snapshotGroup } from '../workloads/snapshots.ts';
import { createBarrier } from './barrier.ts';
import { startGroupJob } from './job.ts';
import { waitForAll } from './members.ts';
import { memberSnapshotId, newGroupSnapshotId, type Was } from './snapshot-id.ts';

/** What is asked of a snapshot of several workloads. */
export type GroupSnapshotOptions = { subject: string; name: string; notes: string; memory: boolean };

/** The points that the members pass together. */
type Cut = {
  id: string;
  /** Each has its turn: nothing else runs on any of them. */
  turn: ReturnType<typeof createBarrier>;
  /** All that run stand still. */
  frozen: ReturnType<typeof createBarrier>;
  /** All are taken. */
  taken: ReturnType<typeof createBarrier>;
  fail(reason: unknown): void;
  /** From when to when all stood still, milliseconds since the epoch. */
  fromMs: number;
  untilMs: number;
  /** Names of those that run and can't be frozen. */
  moving: string[];
};

/**
 * Takes a snapshot of several workloads at one point in time: each waits for its turn, those that run are frozen, all
 * are taken while all stand still, and then they go on. One that fails undoes the others. Those whose driver can't
 * freeze are named in the result: their part is only from within the same span of time. A host that dies meanwhile
 * lets the frozen ones go on at its next start.
 */
export function createGroupSnapshot(
  host: HostContext,
  records: readonly WorkloadRecord[],
  options: GroupSnapshotOptions,
): { job: Job } {
  for (const record of records) {
    snapshotGroup(host, record);
  }
  return startGroupJob(host, { verb: 'group-snapshot', subject: options.subject }, async (context) => {
    const cut = newCut(records.length);
    // Queued in one go: of two groups that share members one is first in all of their queues.
    const jobs = records.map((record) => takeMember(host, record, cut, options));
    const ended = await waitForAll(host, context, jobs, {
      what: `The snapshot of ${options.subject}`,
      failed: (each) => cut.fail(new NovaError('cancelled', `The snapshot of ${each.subject} failed.`)),
    });
    return {
      groupSnapshotId: cut.id,
      jobs: ended.map((each) => each.id),
      stoodStillMs: Math.round(cut.untilMs - cut.fromMs),
      onePoint: cut.moving.length === 0,
      notFrozen: cut.moving,
    };
  });
}

function newCut(count: number): Cut {
  const [turn, frozen, taken] = [createBarrier(count), createBarrier(count), createBarrier(count)];
  return {
    id: newGroupSnapshotId(),
    turn,
    frozen,
    taken,
    fail: (reason) => [turn, frozen, taken].forEach((each) => each.fail(reason)),
    fromMs: 0,
    untilMs: 0,
    moving: [],
  };
}

function takeMember(host: HostContext, record: WorkloadRecord, cut: Cut, options: GroupSnapshotOptions): Job {
  const { registry } = host;
  const group = snapshotGroup(host, record);
  return runOperation(host, record, {
    verb: 'snapshot',
    idleLimitMs: limits.longMs,
    run: async ({ driver, context }) => {
      const giveUp = () => cut.fail(context.signal.reason);
      context.signal.addEventListener('abort', giveUp, { once: true });
      // Whatever happened to this one: it is let go on and cleaned up.
      const after: OperationContext = { ...context, signal: host.signal };
      let thaw = false;
      let takenId: string | null = null;
      try {
        context.progress(null, 'waits for the others');
        await cut.turn.arrive();
        const { phase } = await driver.inspect(registry.ref(record));
        const was: Was = phase === 'running' || phase === 'paused' ? phase : 'stopped';
        if (was === 'running' && driver.pause && driver.resume) {
          registry.change(record, { intent: { kind: 'freeze' } });
          thaw = true;
          await driver.pause(context, registry.ref(record));
        } else if (was === 'running') {
          cut.moving.push(record.row.spec.name);
        }
        await cut.frozen.arrive();
        cut.fromMs ||= performance.now();
        const kinds: SnapshotKind[] = options.memory ? ['disk+memory', 'memory', 'disk', 'config'] : ['disk', 'config'];
        const id = memberSnapshotId(cut.id, was);
        takenId = id;
        const snapshot = await group.create(context, registry.ref(record), {
          id,
          name: options.name,
          notes: options.notes,
          kind: await bestKind(record, group, registry.ref(record), kinds),
        });
        context.progress(0.9, 'waits for the others');
        await cut.taken.arrive();
        cut.untilMs = Math.max(cut.untilMs, performance.now());
        await refreshSnapshots(host, record);
        return { snapshotId: snapshot.id, groupSnapshotId: cut.id };
      } catch (error) {
        cut.fail(error);
        if (takenId !== null) {
          await undo(host, record, takenId, after);
        }
        throw error;
      } finally {
        context.signal.removeEventListener('abort', giveUp);
        if (thaw) {
          await letGoOn(host, record, driver, after);
        }
      }
    },
  }).job;
}

/** Ends the freeze of one. Throws; where its engine holds that up it is done as soon as it answers. */
async function letGoOn(
  host: HostContext,
  record: WorkloadRecord,
  driver: Driver,
  context: OperationContext,
): Promise<void> {
  try {
    await driver.resume?.(context, host.registry.ref(record));
  } catch (error) {
    recoverAgain(host, record, { kind: 'freeze' }, error);
    throw error;
  }
  host.registry.change(record, { intent: null });
}

/** Removes what was taken of one. It is a snapshot of its own when that fails, which is told. */
async function undo(
  host: HostContext,
  record: WorkloadRecord,
  snapshotId: string,
  context: OperationContext,
): Promise<void> {
  const group = snapshotGroup(host, record);
  try {
    const tree = await group.list(host.registry.ref(record));
    if (tree.snapshots.some((snapshot) => snapshot.id === snapshotId)) {
      await group.remove(context, host.registry.ref(record), snapshotId);
    }
    await refreshSnapshots(host, record);
  } catch (error) {
    host.logger.warn({ err: error, workload: record.id }, 'a part of a failed group snapshot stays');
    context.log('What was taken of it could not be removed; it is in the list of its snapshots.');
  }
}
