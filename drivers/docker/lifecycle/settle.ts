import { assertNever, NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import { dropSnapshotObjects, undoSnapshot } from '../snapshots/undo.ts';
import { finishReplace } from './replace.ts';
import { finishSwap } from './swap.ts';

/**
 * Ends what a dying host or a failing engine cut off, before something else is done with the workload: `replace`, `swap` and `drop` are
 * finished, `snapshot` is undone. Asks the engine nothing where nothing is half done.
 */
export async function settle(environment: DockerEnvironment, id: string): Promise<void> {
  const { records } = environment;
  const record = records.read(id);
  const intent = record?.intent ?? null;
  if (record === null || intent === null) return;
  switch (intent.kind) {
    case 'snapshot':
      await undoSnapshot(environment, record, intent);
      return;
    case 'drop':
      await dropSnapshotObjects(environment, id, intent.snapshotId);
      records.change(id, (before) => ({ ...before, intent: null }));
      return;
    case 'swap':
      await finishSwap(environment, id, intent);
      return;
    case 'replace':
      await finishReplace(environment, id, intent);
      return;
    default:
      assertNever(intent);
  }
}

/** The same before something that takes its place: what can not be ended is given up, unless only the engine is away. */
export async function settleOrForget(environment: DockerEnvironment, id: string): Promise<void> {
  try {
    await settle(environment, id);
  } catch (error) {
    if (!(error instanceof NovaError) || error.retryable) throw error;
  }
}
