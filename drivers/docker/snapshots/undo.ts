import { homeLabel, idLabel } from '../engine/engine.ts';
import { type DockerEnvironment, isGone, unlessGone } from '../environment.ts';
import { dropImages } from '../images/drop.ts';
import type { DockerIntent, DockerRecord } from '../record.ts';
import { dropHelpers } from '../volumes/copy.ts';
import { thawBeneath } from './thaw.ts';

/** Label with the snapshot's id on its image and copies. */
export const snapshotLabel = 'io.novacron.snapshot';

/** The id of the snapshot that a clone of the present state takes for its length. */
export const sourceOf = (cloneId: string): string => `${cloneId}-source`;

/** Removes the image and the copies of one snapshot. Idempotent. */
export async function dropSnapshotObjects(
  environment: DockerEnvironment,
  id: string,
  snapshotId: string,
): Promise<void> {
  const { engine, home } = environment;
  const mine = { label: [`${idLabel}=${id}`, `${homeLabel}=${home}`, `${snapshotLabel}=${snapshotId}`] };
  const what = 'Removing a snapshot';
  await dropHelpers(environment, id);
  await dropImages(environment, mine.label, what);
  const { Volumes } = await engine.ask(what, () => engine.docker.listVolumes({ filters: mine }));
  for (const volume of Volumes ?? []) {
    await unlessGone(engine.ask(what, () => engine.docker.getVolume(volume.Name).remove({ force: true })));
  }
}

/** Undoes a snapshot that was cut off: lets the container go on and removes what was made. */
export async function undoSnapshot(
  environment: DockerEnvironment,
  record: DockerRecord,
  intent: Extract<DockerIntent, { kind: 'snapshot' }>,
): Promise<DockerRecord> {
  const { engine, records } = environment;
  if (intent.paused) {
    const container = () => engine.docker.getContainer(record.containerId);
    try {
      const info = await engine.ask('Looking at the container', () => container().inspect());
      if (info.State.Paused) await engine.ask('Resuming the container', () => container().unpause());
      else await thawBeneath(engine, info);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  await dropSnapshotObjects(environment, record.id, intent.snapshotId);
  return records.change(record.id, (before) => ({ ...before, intent: null }));
}
