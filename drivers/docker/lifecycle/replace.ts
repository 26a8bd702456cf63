import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { containersOf, type DockerEnvironment, nextPrefix } from '../environment.ts';
import type { DockerIntent, DockerRecord } from '../record.ts';
import { lookForPlaces, type Placed, placeMemory, startFromMemory } from '../snapshots/resume.ts';
import { dropAnonymous } from '../volumes/anonymous.ts';
import { copiesAtOnce, dropVolume, fillVolume } from '../volumes/copy.ts';
import { eachAtMost } from '../wait-all.ts';
import { dropAside, inspectOrNull } from './aside.ts';
import { makeContainer } from './create.ts';
import { dropContainer } from './run.ts';

type Replace = Extract<DockerIntent, { kind: 'replace' }>;

/** The container that takes the place, with its memory where it goes on from one. */
type Next = { containerId: string; placed: Placed | null };

/**
 * Carries out the record's `replace` intent from wherever it was cut off: until the new container is in the record all of it is
 * done anew, then only the start is missing. `fresh`: nothing of it was tried before. What fails while the old container is still there
 * leaves all as it was, at the latest at the next try; what fails later brings the restore point back where there is one; a start that
 * the engine refuses ends the intent: the container stays as it is.
 */
export async function finishReplace(
  environment: DockerEnvironment,
  id: string,
  intent: Replace,
  fresh = false,
): Promise<DockerRecord> {
  const { records } = environment;
  const end = (): DockerRecord => records.change(id, (before) => ({ ...before, intent: null }));
  let next: Next;
  if (intent.made === true) {
    next = { containerId: records.get(id).containerId, placed: null };
  } else {
    if (intent.told === true && (await isStillThere(environment, id, intent))) return end();
    next = await makeNext(environment, id, intent, fresh);
    if (records.get(id).intent === null) return records.get(id);
  }
  try {
    await startNext(environment, id, next, intent, fresh);
  } catch (error) {
    // An engine that is away may still do it: the intent is kept for the next try.
    if (isFinal(error)) end();
    throw error;
  }
  return end();
}

/** Whether a failure is more than an engine that is away, which may still do it. */
const isFinal = (error: unknown): boolean => !(error instanceof NovaError && error.retryable);

/** Whether nothing has happened to the old container; what was made to take its place is removed then. */
async function isStillThere(environment: DockerEnvironment, id: string, intent: Replace): Promise<boolean> {
  const { name } = intent.spec;
  const { containerId } = environment.records.get(id);
  const info = containerId === '' ? null : await inspectOrNull(environment, name, containerId);
  // Its removal can have been cut off too.
  if (info === null || ['dead', 'removing'].includes(info.State.Status)) return false;
  await dropContainer(environment, nextName(id), name);
  return true;
}

/** Makes the container that takes the place, and puts it into the record in the old one's stead. A failure is noted in the intent. */
async function makeNext(environment: DockerEnvironment, id: string, intent: Replace, fresh: boolean): Promise<Next> {
  const { records } = environment;
  const intend = (now: Replace | null) => records.change(id, (before) => ({ ...before, intent: now }));
  // The volumes are filled anew, for which nobody may use them: only without that the next one can be made before the old one ends.
  const beside = fresh && records.get(id).containerId !== '' && Object.keys(intent.copies).length === 0;
  let step: 'prepare' | 'end' | 'make' = beside ? 'prepare' : 'end';
  let next: Next | null = null;
  try {
    if (beside) next = await prepareNext(environment, id, intent);
    step = 'end';
    await endOld(environment, id, intent, fresh);
    step = 'make';
    if (next === null) next = { containerId: await fillAndMake(environment, id, intent), placed: null };
    else await takeName(environment, intent.spec.name, next.containerId);
    await dropAnonymous(environment, intent.surplus ?? []);
  } catch (error) {
    if (step === 'make' && intent.back !== undefined && error instanceof NovaError && isFinal(error))
      throw await bringBack(environment, id, intent.back, error);
    // Before anything was touched nothing is left of it, unless the engine went away.
    intend(step === 'prepare' && isFinal(error) ? null : { ...intent, told: true });
    throw error;
  }
  const { containerId } = next;
  records.change(id, (before) => ({
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
  return next;
}

const nextName = (id: string): string => `${nextPrefix}${id}`;

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
  const name = nextName(id);
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
  if (placed === null) await engine.ask(`Starting ${name}`, () => container().start(), engine.limits.longMs);
  else await startFromMemory(environment, name, next.containerId, placed);
}
