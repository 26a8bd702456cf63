import { setTimeout as sleep } from 'node:timers/promises';
import { NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import { dropSnapshotObjects, sourceOf } from '../snapshots/undo.ts';
import { removeObjects } from './remove.ts';

/** Waits between questions whether an engine that is away is back, milliseconds. */
const waitsMs = [1_000, 5_000, 30_000];
/** An errno of a request that never came to the engine: nothing can be left of it. */
const neverSent = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM']);

/** A wait that an abort ends early. Never rejects. */
const waitFor = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { ref: false, signal }).catch(() => undefined);

/** Whether the engine answers now. */
const answers = ({ engine }: DockerEnvironment): Promise<boolean> =>
  engine
    .ask('Asking whether it is there', () => engine.docker.ping())
    .then(
      () => true,
      () => false,
    );

/**
 * Does work that an engine which hangs or is away holds up, as soon as it answers, and after what it was asked before has its answer.
 * An engine that stays away costs one question in half a minute, and the user is told `waiting` of it, once. Resolves with whether it was
 * done; false when the driver closes before, and when the work is refused for good. Never rejects.
 */
export async function whenItAnswers(
  environment: DockerEnvironment,
  work: () => Promise<unknown>,
  waiting?: { id: string | null; message: string; done: string },
  wait = waitFor,
): Promise<boolean> {
  const { engine, closing, notices } = environment;
  let told = false;
  let away = 0;
  let done = 0;
  const rest = (times: number) => wait(waitsMs[times] ?? waitsMs.at(-1) ?? 0, closing);
  while (!closing.aborted) {
    if (!(await answers(environment))) {
      if (!told && waiting !== undefined) {
        told = true;
        notices.tell({ type: 'notice', id: waiting.id, level: 'warning', message: waiting.message });
      }
      await rest(away);
      away += 1;
      continue;
    }
    const all = await engine.answered(engine.limits.longMs);
    try {
      await work();
      done += 1;
      // What comes after the work may have made something again; one stuck request must not keep us for ever.
      if (all || done > waitsMs.length) {
        if (told && waiting !== undefined)
          notices.tell({ type: 'notice', id: waiting.id, level: 'info', message: waiting.done });
        return true;
      }
    } catch (error) {
      if (!(error instanceof NovaError) || !error.retryable) return false;
    }
    await rest(done);
  }
  return false;
}

/** A clone of the present state that was cut off leaves its snapshot with the origin. */
async function dropCloneSource(environment: DockerEnvironment, cloneId: string): Promise<void> {
  const { records } = environment;
  const source = sourceOf(cloneId);
  for (const id of records.ids()) {
    if (records.read(id)?.snapshots.some((one) => one.id === source) !== true) continue;
    records.change(id, (before) => ({
      ...before,
      currentId:
        before.currentId === source
          ? (before.snapshots.find((one) => one.id === source)?.parentId ?? null)
          : before.currentId,
      snapshots: before.snapshots.filter((one) => one.id !== source),
    }));
    await dropSnapshotObjects(environment, id, source);
  }
}

/** Removes all that was made for an id which came to nothing. Idempotent. */
export async function dropMade(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  await removeObjects(environment, id, name);
  environment.records.remove(id);
  await dropCloneSource(environment, id);
}

/**
 * Undoes a making that failed with `error`: at once where the engine answers, else when it does again, since it may still make
 * what it was asked for. Never throws.
 */
export async function undoMaking(
  environment: DockerEnvironment,
  id: string,
  name: string,
  error: unknown,
): Promise<void> {
  const { unfinished, notes } = environment;
  const cause = error instanceof NovaError ? (error.cause as { code?: string } | undefined) : undefined;
  const drop = async (): Promise<void> => {
    if (environment.records.read(id) === null) await dropMade(environment, id, name);
  };
  if (!(error instanceof NovaError && error.code === 'timeout')) {
    try {
      await drop();
      return;
    } catch (second) {
      if (!(second instanceof NovaError) || !second.retryable || neverSent.has(cause?.code ?? '')) return;
    }
  }
  // A host that ends before leaves it to the next one.
  notes.add({ id, name });
  const undo = async (): Promise<void> => {
    const done = await whenItAnswers(environment, drop, {
      id: null,
      message: `Making "${name}" came to nothing, and Docker does not answer. What it makes of it all the same is removed as soon as it does.`,
      done: `Docker answers again; nothing is left of "${name}", which came to nothing.`,
    });
    if (done) notes.drop(id);
    unfinished.delete(id);
  };
  const work = undo();
  unfinished.set(id, work);
  environment.leave(work);
}

/** Waits for makings that are still being undone, whose names may be wanted again. Throws `timeout` when it is this very one. */
export async function waitForUndone(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  const { engine, unfinished } = environment;
  if (unfinished.size === 0) return;
  const over = new AbortController();
  const most = sleep(engine.limits.requestMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(unfinished.values()), most]);
  over.abort();
  if (!unfinished.has(id)) return;
  throw new NovaError('timeout', `Making ${name}: the Docker engine has not ended an earlier try yet.`, {
    retryable: true,
    details: { fixes: ['Wait a moment and try again.'] },
  });
}
