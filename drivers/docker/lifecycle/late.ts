import { setTimeout as sleep } from 'node:timers/promises';
import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, nextPrefix } from '../environment.ts';
import { asideOf } from '../record.ts';
import { dropSnapshotObjects, snapshotLabel } from '../snapshots/undo.ts';
import { dropHelpers } from '../volumes/copy.ts';
import { dropUnusedLayers } from './layer.ts';
import { dropContainer } from './run.ts';
import { dropMade, whenItAnswers } from './unfinished.ts';

/**
 * An engine goes on with a request whose asker has died: what it makes can appear after the recovery has looked. Waits before
 * it is looked again, milliseconds.
 */
const waitsMs = [2_000, 20_000];

/** Removes containers that were to take the place of the present one and never came into the record. */
async function sweepNext(environment: DockerEnvironment, id: string): Promise<void> {
  const { engine, records, home } = environment;
  const what = 'Looking for left-overs';
  const label = [`${idLabel}=${id}`, `${homeLabel}=${home}`, `${roleLabel}=workload`];
  const all = await engine.ask(what, () => engine.docker.listContainers({ all: true, filters: { label } }));
  const record = records.read(id);
  if (record === null || record.intent !== null) return;
  const known = [record.containerId, ...asideOf(record)];
  for (const { Id, Names } of all)
    if (Names[0]?.startsWith(`/${nextPrefix}`) === true && !known.includes(Id))
      await dropContainer(environment, Id, id);
}

/** Removes images and volumes of snapshots that are in no record of this workload. */
async function sweepSnapshots(environment: DockerEnvironment, id: string): Promise<void> {
  const { engine, records, home } = environment;
  const what = 'Looking for left-overs';
  const filters = { label: [`${idLabel}=${id}`, `${homeLabel}=${home}`, snapshotLabel] };
  const images = await engine.ask(what, () => engine.docker.listImages({ all: true, filters }));
  const { Volumes } = await engine.ask(what, () => engine.docker.listVolumes({ filters }));
  const record = records.read(id);
  if (record === null) return;
  const known = new Set(record.snapshots.map((one) => one.id));
  if (record.intent?.kind === 'snapshot') known.add(record.intent.snapshotId);
  const found = [...images, ...(Volumes ?? [])].map((one) => one.Labels?.[snapshotLabel] ?? '');
  for (const snapshotId of new Set(found)) {
    if (snapshotId !== '' && !known.has(snapshotId)) await dropSnapshotObjects(environment, id, snapshotId);
  }
}

/** Removes what belongs to an id and to nothing of its record; all of it where there is no record. */
async function sweep(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  const { records } = environment;
  if (records.read(id) === null) return dropMade(environment, id, name);
  // Something is being done with it, which has helpers and images that are in no record yet.
  if (records.read(id)?.intent !== null) return;
  await dropHelpers(environment, id, true);
  await sweepNext(environment, id);
  await sweepSnapshots(environment, id);
  await dropUnusedLayers(environment, id);
}

/**
 * Looks later, twice, for what an operation that was cut off still left. It is noted until that has been done: a host that ends before
 * leaves it to the next one. Never rejects.
 */
export async function sweepLater(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  const { closing, notes } = environment;
  notes.add({ id, name });
  for (const ms of waitsMs) {
    await sleep(ms, undefined, { ref: false, signal: closing }).catch(() => undefined);
    if (closing.aborted || !notes.has(id)) return;
    try {
      await sweep(environment, id, name);
    } catch (error) {
      if (!(error instanceof NovaError) || !error.retryable) continue;
      await whenItAnswers(environment, () => (notes.has(id) ? sweep(environment, id, name) : Promise.resolve()));
    }
  }
  if (!closing.aborted) notes.drop(id);
}

/** Goes on with what the notes of an earlier host say, as soon as the engine answers. Called once. Never rejects. */
export async function sweepNoted(environment: DockerEnvironment): Promise<void> {
  const { notes } = environment;
  const noted = notes.all();
  if (noted.length === 0) return;
  await whenItAnswers(environment, async () => {
    for (const { id, name } of noted) if (notes.has(id)) await sweep(environment, id, name);
  });
  await Promise.all(noted.filter(({ id }) => notes.has(id)).map(({ id, name }) => sweepLater(environment, id, name)));
}
