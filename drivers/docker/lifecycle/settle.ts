import { assertNever, NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import type { DockerRecord } from '../record.ts';
import { dropSnapshotObjects, undoSnapshot } from '../snapshots/undo.ts';
import { sweepLater } from './late.ts';
import { dropUnusedLayers } from './layer.ts';
import { finishReplace } from './replace.ts';
import { finishSwap } from './swap.ts';

/**
 * Ends what a dying host or a failing engine cut off, before something else is done with the workload: `replace`, `swap` and `drop` are
 * finished, `snapshot` is undone. Asks the engine nothing where nothing is half done.
 */
export function settle(environment: DockerEnvironment, id: string): Promise<void> {
  const { settling } = environment;
  const work = settling.get(id) ?? settleNow(environment, id).finally(() => settling.delete(id));
  settling.set(id, work);
  return work;
}

async function settleNow(environment: DockerEnvironment, id: string): Promise<void> {
  const { engine, records, undoing } = environment;
  if ((records.read(id)?.intent ?? null) === null) return;
  // What the engine was asked for before it hung is done when it goes on: only then it can be told what is half done.
  const all = await engine.answered(engine.limits.requestMs);
  const record = records.read(id);
  const intent = record?.intent ?? null;
  if (record === null || intent === null) return;
  switch (intent.kind) {
    case 'snapshot':
      await undoSnapshot(environment, record, intent);
      undoing.delete(id);
      if (!all) void sweepLater(environment, id, nameOf(record));
      return;
    case 'drop':
      await dropSnapshotObjects(environment, id, intent.snapshotId);
      records.change(id, (before) => ({ ...before, intent: null }));
      return;
    case 'swap':
      await finishSwap(environment, id, intent);
      await dropUnusedLayers(environment, id);
      return;
    case 'replace':
      await finishReplace(environment, id, intent);
      return;
    default:
      assertNever(intent);
  }
}

/** What a record's workload is called; its id where that is not known. */
export const nameOf = (record: DockerRecord): string => record.spec?.name ?? record.id;

/** The same before something that takes its place: what can not be ended is given up, unless only the engine is away. */
export async function settleOrForget(environment: DockerEnvironment, id: string): Promise<void> {
  try {
    await settle(environment, id);
  } catch (error) {
    if (!(error instanceof NovaError) || error.retryable) throw error;
  }
}
