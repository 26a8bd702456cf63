import { setTimeout as sleep } from 'node:timers/promises';
import { homeLabel, idLabel } from '../engine/engine.ts';
import type { DockerEnvironment } from '../environment.ts';
import { dropSnapshotObjects, snapshotLabel } from '../snapshots/undo.ts';

/**
 * An engine goes on with a request whose asker has died: what it makes can appear after the recovery has looked. Waits before
 * it is looked again, milliseconds.
 */
const waitsMs = [2_000, 20_000];

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

/** Looks later for what a snapshot that was cut off still left. Never rejects; an engine that is away then is asked no more. */
export async function sweepLater(environment: DockerEnvironment, id: string): Promise<void> {
  for (const ms of waitsMs) {
    await sleep(ms, undefined, { ref: false });
    try {
      await sweepSnapshots(environment, id);
    } catch {
      // The next removal of a workload sweeps too.
      return;
    }
  }
}
