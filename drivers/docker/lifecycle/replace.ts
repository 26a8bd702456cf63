import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { containersOf, type DockerEnvironment, nextPrefix } from '../environment.ts';
import type { DockerIntent, DockerRecord } from '../record.ts';
import { lookForPlaces, type Placed, placeMemory, startFromMemory } from '../snapshots/resume.ts';
import { dropAnonymous } from '../volumes/anonymous.ts';
import { copiesAtOnce, dropVolume, fillVolume } from '../volumes/copy.ts';
import { eachAtMost } from '../wait-all.ts';
import { dropAside } from './aside.ts';
import { makeContainer } from './create.ts';
import { dropContainer } from './run.ts';

type Replace = Extract<DockerIntent, { kind: 'replace' }>;

/** The container that takes the place, with its memory where it goes on from one. */
type Next = { containerId: string; placed: Placed | null };

/**
 * Carries out the record's `replace` intent from wherever it was cut off: until the new container is in the record all of it is
 * done anew, then only the start is missing. `fresh`: nothing of it was tried before. What fails before the old container is touched
 * ends the intent and leaves all as it was; what fails later brings the restore point back where there is one; a start that the engine refuses ends it too: the container stays as it is.
 */
export async function finishReplace(
  environment: DockerEnvironment,
  id: string,
  intent: Replace,
  fresh = false,
): Promise<DockerRecord> {
  const { records } = environment;
  const end = (): DockerRecord => records.change(id, (before) => ({ ...before, intent: null }));
  /** Ends the intent at a failure, but for one of an engine that is away: that may still do it, at the next recovery. */
  const orEnd = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof NovaError && error.retryable)) end();
      throw error;
    }
  };
  let next: Next | null = null;
  if (intent.made !== true) {
    // The volumes are filled anew, for which nobody may use them: only without that the next one can be made before the old one ends.
    const beside = fresh && records.get(id).containerId !== '' && Object.keys(intent.copies).length === 0;
    const ready = beside ? await orEnd(prepareNext(environment, id, intent)) : null;
    await endOld(environment, id, intent, fresh);
    try {
      next = ready ?? { containerId: await fillAndMake(environment, id, intent), placed: null };
    } catch (error) {
      // An engine that is away may still do it.
      if (intent.back === undefined || !(error instanceof NovaError) || error.retryable) throw error;
      throw await bringBack(environment, id, intent.back, error);
    }
    if (ready !== null) await takeName(environment, intent.spec.name, ready.containerId);
    await dropAnonymous(environment, intent.surplus ?? []);
    const { containerId } = next;
    const record = records.change(id, (before) => ({
      ...before,
      containerId,
      imageId: intent.imageId,
      currentId: intent.currentId,
      stopAsked: false,
      spec: intent.spec,
      anonymous: intent.anonymous,
      kept: undefined,
      intent: intent.start ? { ...intent, made: true } : null,
    }));
    if (record.intent === null) return record;
  }
  await orEnd(
    startNext(environment, id, next ?? { containerId: records.get(id).containerId, placed: null }, intent, fresh),
  );
  return end();
}

/** Brings the state of the restore point back after a failure; what to throw. Where that fails too its intent is kept. */
async function bringBack(
  environment: DockerEnvironment,
  id: string,
  back: Replace,
  error: NovaError,
): Promise<NovaError> {
  environment.records.change(id, (before) => ({ ...before, intent: back }));
  let state = 'What was before is back, from its restore point.';
  try {
    await finishReplace(environment, id, back);
  } catch (second) {
    state = `What was before could not be brought back either: ${second instanceof Error ? second.message : String(second)} A start tries it again.`;
  }
  return new NovaError(error.code, `${error.message} ${state}`, { cause: error, details: error.details });
}

/** Gives the next container the name that is free now. */
async function takeName(environment: DockerEnvironment, name: string, containerId: string): Promise<void> {
  const { engine } = environment;
  await engine.ask(`Naming ${name}`, () => engine.docker.getContainer(containerId).rename({ name }));
}

/** Makes the container that takes the place, under another name, with its memory: all that can fail while the old one runs on. */
async function prepareNext(environment: DockerEnvironment, id: string, intent: Replace): Promise<Next> {
  const { spec, imageId, anonymous, memory } = intent;
  const name = `${nextPrefix}${id}`;
  const looking = memory === undefined ? null : lookForPlaces(environment.engine, memory);
  looking?.catch(() => undefined); // it is awaited below
  // One of that name is left of a try that an engine cut off; it may be made of something else.
  await dropContainer(environment, name, spec.name);
  const containerId = await makeContainer(environment, id, spec, imageId, anonymous, name);
  try {
    return { containerId, placed: await place(environment, id, containerId, intent, looking) };
  } catch (error) {
    await dropContainer(environment, containerId, spec.name);
    throw error;
  }
}

async function place(
  environment: DockerEnvironment,
  id: string,
  containerId: string,
  intent: Replace,
  looking?: ReturnType<typeof lookForPlaces> | null,
): Promise<Placed | null> {
  const { memory, imageId } = intent;
  if (memory === undefined) return null;
  const places = await (looking ?? lookForPlaces(environment.engine, memory));
  return placeMemory(environment, id, containerId, { ...memory, imageId }, places);
}

/** Removes the present container, and what earlier tries made unless it is `fresh`. Idempotent. */
async function endOld(environment: DockerEnvironment, id: string, intent: Replace, fresh: boolean): Promise<void> {
  const { name } = intent.spec;
  const { containerId: old, kept } = environment.records.get(id);
  // Its volumes would not be those that it knew.
  if (kept !== undefined) await dropAside(environment, id, kept);
  // Volumes that no spec names stay until it is decided which go on.
  const keepVolumes = intent.anonymous !== undefined;
  // One that an earlier try made goes too: its volumes may not be filled.
  if (old !== '') await dropContainer(environment, old, name, keepVolumes);
  for (const container of fresh ? [] : await containersOf(environment, id))
    await dropContainer(environment, container.Id, name, keepVolumes);
}

/** Fills the volumes from their copies and makes the container that takes the place; its id. */
async function fillAndMake(environment: DockerEnvironment, id: string, intent: Replace): Promise<string> {
  const unnamed = new Set(Object.values(intent.anonymous ?? {}));
  const mine = { [idLabel]: id, [homeLabel]: environment.home, [roleLabel]: 'data' };
  const { imageId } = intent;
  // All of them before any is filled: this ends left-over helpers, and could not tell them from those of a copy.
  for (const volume of Object.keys(intent.copies)) await dropVolume(environment, id, volume);
  await eachAtMost(copiesAtOnce, Object.entries(intent.copies), ([to, from]) =>
    fillVolume(environment, id, { from, to, imageId, labels: unnamed.has(to) ? mine : {} }),
  );
  return makeContainer(environment, id, intent.spec, imageId, intent.anonymous);
}

/** Starts it, from its memory where it goes on from one. `fresh`: it was not started yet for sure. */
async function startNext(
  environment: DockerEnvironment,
  id: string,
  next: Next,
  intent: Replace,
  fresh: boolean,
): Promise<void> {
  const { engine } = environment;
  const { name } = intent.spec;
  const container = () => engine.docker.getContainer(next.containerId);
  if (!fresh) {
    const info = await engine.ask(`Looking at ${name}`, () => container().inspect());
    // It was started before the cut; what it did since then is its own.
    if (info.State.Running || info.State.Status === 'exited') return;
  }
  const placed = next.placed ?? (await place(environment, id, next.containerId, intent));
  if (placed === null) await engine.ask(`Starting ${name}`, () => container().start(), 60_000);
  else await startFromMemory(environment, name, next.containerId, placed);
}
