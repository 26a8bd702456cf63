import type { OperationContext, WorkloadRef } from '../../driver.ts';
import { homeLabel, idLabel } from '../engine/engine.ts';
import { containersOf, type DockerEnvironment, unlessGone } from '../environment.ts';
import { dropImages } from '../images/drop.ts';
import { asideOf, type DockerRecord } from '../record.ts';
import { dropAnonymous } from '../volumes/anonymous.ts';
import { dropContainer } from './run.ts';

/** Removes every object in the engine that carries this id: containers, snapshot images, copies of volumes. Idempotent. */
export async function removeObjects(environment: DockerEnvironment, id: string, name: string): Promise<void> {
  const { engine, home } = environment;
  const mine = { label: [`${idLabel}=${id}`, `${homeLabel}=${home}`] };
  for (const container of await engine.ask(`Removing ${name}`, () =>
    engine.docker.listContainers({ all: true, filters: mine }),
  )) {
    await dropContainer(environment, container.Id, name);
  }
  await dropImages(environment, mine.label, `Removing snapshots of ${name}`);
  const { Volumes } = await engine.ask(`Removing ${name}`, () => engine.docker.listVolumes({ filters: mine }));
  for (const volume of Volumes ?? []) {
    await unlessGone(
      engine.ask(`Removing a copy of ${name}`, () => engine.docker.getVolume(volume.Name).remove({ force: true })),
    );
  }
}

/** Removes images of workloads that are gone: one that a clone stood on could not go with its own workload. */
async function sweepImages(environment: DockerEnvironment): Promise<void> {
  const { engine, records, home } = environment;
  const known = new Set(records.ids());
  const images = await engine.ask('Listing our images', () =>
    engine.docker.listImages({ all: true, filters: { label: [`${homeLabel}=${home}`] } }),
  );
  const gone = new Set(
    images.map((image) => image.Labels?.[idLabel]).filter((id) => id !== undefined && !known.has(id)),
  );
  for (const id of gone)
    await dropImages(environment, [`${idLabel}=${id}`, `${homeLabel}=${home}`], 'Removing images of ours');
}

/** The volumes that no spec names and that the engine does not remove with a container, since it took them over from another. */
function anonymousIn(record: DockerRecord | null): string[] {
  if (record === null) return [];
  const swap = record.intent?.kind === 'swap' ? [record.intent.anonymous, record.intent.from.anonymous] : [];
  return [record.anonymous, record.kept?.anonymous, ...swap].flatMap((one) => Object.values(one ?? {}));
}

/** Removes a workload and all that belongs to it. Named volumes of the user stay. Idempotent. */
export async function removeDockerWorkload(
  environment: DockerEnvironment,
  context: OperationContext,
  ref: WorkloadRef,
): Promise<void> {
  context.log(`DELETE /containers/${ref.name}`);
  for (const container of await containersOf(environment, ref.id))
    await dropContainer(environment, container.Id, ref.name);
  // An adopted container carries no label of ours: it is known by the record alone.
  const record = environment.records.read(ref.id);
  const aside = record === null ? [] : asideOf(record);
  for (const one of record === null ? [] : [record.containerId, ...aside])
    if (one !== '') await dropContainer(environment, one, ref.name);
  await dropAnonymous(environment, anonymousIn(record));
  await removeObjects(environment, ref.id, ref.name);
  environment.records.remove(ref.id);
  await sweepImages(environment);
}
