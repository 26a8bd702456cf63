import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { containersOf, type DockerEnvironment } from '../environment.ts';
import type { DockerIntent, DockerRecord } from '../record.ts';
import { startFromMemory } from '../snapshots/memory.ts';
import { dropAnonymous } from '../volumes/anonymous.ts';
import { dropVolume, fillVolume } from '../volumes/copy.ts';
import { dropAside } from './aside.ts';
import { makeContainer } from './create.ts';
import { dropContainer } from './run.ts';

type Replace = Extract<DockerIntent, { kind: 'replace' }>;

/**
 * Carries out the record's `replace` intent from wherever it was cut off: until the new container is in the record all of it is
 * done anew, then only the start is missing. `fresh`: nothing of it was tried before. A start that the engine refuses ends the intent: the container stays as it is.
 */
export async function finishReplace(
  environment: DockerEnvironment,
  id: string,
  intent: Replace,
  fresh = false,
): Promise<DockerRecord> {
  const { records } = environment;
  const record = intent.made === true ? records.get(id) : await makeAnew(environment, id, intent, fresh);
  if (record.intent === null) return record;
  try {
    await startAnew(environment, id, record.containerId, intent, fresh);
  } catch (error) {
    // An engine that is away may still do it: the intent is kept for the next recovery.
    if (error instanceof NovaError && error.retryable) throw error;
    records.change(id, (before) => ({ ...before, intent: null }));
    throw error;
  }
  return records.change(id, (before) => ({ ...before, intent: null }));
}

async function makeAnew(
  environment: DockerEnvironment,
  id: string,
  intent: Replace,
  fresh: boolean,
): Promise<DockerRecord> {
  const { records } = environment;
  const name = intent.spec.name;
  const { containerId: old } = records.get(id);
  const { kept } = records.get(id);
  // Its volumes would not be those that it knew.
  if (kept !== undefined) await dropAside(environment, id, kept);
  // Volumes that no spec names stay until it is decided which go on.
  const keepVolumes = intent.anonymous !== undefined;
  // One that an earlier try made goes too: its volumes may not be filled.
  if (old !== '') await dropContainer(environment, old, name, keepVolumes);
  for (const container of fresh ? [] : await containersOf(environment, id))
    await dropContainer(environment, container.Id, name, keepVolumes);
  const unnamed = new Set(Object.values(intent.anonymous ?? {}));
  const mine = { [idLabel]: id, [homeLabel]: environment.home, [roleLabel]: 'data' };
  for (const [volume, copy] of Object.entries(intent.copies)) {
    await dropVolume(environment, id, volume);
    await fillVolume(environment, id, {
      from: copy,
      to: volume,
      imageId: intent.imageId,
      labels: unnamed.has(volume) ? mine : {},
    });
  }
  await dropAnonymous(environment, intent.surplus ?? []);
  const containerId = await makeContainer(environment, id, intent.spec, intent.imageId, intent.anonymous);
  return records.change(id, (before) => ({
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
}

async function startAnew(
  environment: DockerEnvironment,
  id: string,
  containerId: string,
  intent: Replace,
  fresh: boolean,
): Promise<void> {
  const { engine } = environment;
  const { name } = intent.spec;
  const container = () => engine.docker.getContainer(containerId);
  if (!fresh) {
    const info = await engine.ask(`Looking at ${name}`, () => container().inspect());
    // It was started before the cut; what it did since then is its own.
    if (info.State.Running || info.State.Status === 'exited') return;
  }
  if (intent.memory === undefined) {
    await engine.ask(`Starting ${name}`, () => container().start(), 60_000);
    return;
  }
  await startFromMemory(environment, id, name, containerId, { ...intent.memory, imageId: intent.imageId });
}
