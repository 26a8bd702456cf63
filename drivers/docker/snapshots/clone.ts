import type { Handle, OperationContext, SnapshotGroup, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import type { DockerEnvironment } from '../environment.ts';
import { makeContainer } from '../lifecycle/create.ts';
import { dockerHandle } from '../lifecycle/handle.ts';
import type { DockerSnapshot } from '../record.ts';
import { fillVolume } from '../volumes/copy.ts';
import { refuseTaken } from '../volumes/taken.ts';
import { snapshotLabel, sourceOf } from './undo.ts';

/** A snapshot of the record. Throws `not_found`. */
export function findSnapshot(environment: DockerEnvironment, ref: WorkloadRef, snapshotId: string): DockerSnapshot {
  const found = environment.records.get(ref.id).snapshots.find((one) => one.id === snapshotId);
  if (found === undefined) throw new NovaError('not_found', `${ref.name} has no snapshot ${snapshotId}.`);
  return found;
}

type Mount = { type: string; source?: string };
const mountsOf = (spec: WorkloadSpec): Mount[] => (spec.settings['mounts'] ?? []) as Mount[];

/** The volume of a clone that takes the place of one of its origin's. */
const ownVolume = (volume: string, clone: string): string => `${volume}-${clone}`;

/**
 * The spec of a clone: the origin's volumes become its own, since both would write into the same files. One that has its own already is
 * left as it is. Folders of the machine are shared. Pure.
 */
export function cloneSpec(origin: WorkloadSpec, spec: WorkloadSpec): WorkloadSpec {
  const volumes = new Set(mountsOf(origin).flatMap((mount) => (mount.type === 'volume' ? [mount.source] : [])));
  const mounts = mountsOf(spec).map((mount) =>
    mount.type === 'volume' && mount.source !== undefined && volumes.has(mount.source)
      ? { ...mount, source: ownVolume(mount.source, spec.name) }
      : mount,
  );
  return { ...spec, settings: { ...spec.settings, ...(mounts.length === 0 ? {} : { mounts }) } };
}

/** Makes a container from a snapshot, or with `snapshotId` null from the present state. What a failure leaves the caller undoes. */
export async function cloneContainer(
  environment: DockerEnvironment,
  group: Pick<SnapshotGroup, 'create' | 'remove'>,
  context: OperationContext,
  asked: { ref: WorkloadRef; snapshotId: string | null; target: { id: string; spec: WorkloadSpec } },
): Promise<Handle> {
  const { engine, records, home } = environment;
  const { ref, snapshotId, target } = asked;
  let temporary: string | null = null;
  if (snapshotId === null) {
    temporary = sourceOf(target.id);
    await group.create(context, ref, {
      id: temporary,
      name: `For ${target.spec.name}`,
      kind: 'disk',
      automatic: true,
    });
  }
  const snapshot = findSnapshot(environment, ref, snapshotId ?? (temporary as string));
  for (const volume of Object.keys(snapshot.copies)) {
    await refuseTaken(environment, target.id, ownVolume(volume, target.spec.name));
  }
  // The clone gets an image and volumes of its own, so that neither depends on the other's life.
  const source = await engine.ask(`Cloning ${ref.name}`, () =>
    engine.docker.createContainer({
      Image: snapshot.imageId,
      Cmd: ['true'],
      Labels: { [idLabel]: target.id, [homeLabel]: home, [roleLabel]: 'copy' },
    }),
  );
  const { Config } = await engine.ask(`Cloning ${ref.name}`, () => engine.docker.getImage(snapshot.imageId).inspect());
  const labels = { [idLabel]: target.id, [homeLabel]: home, [roleLabel]: 'layer', [snapshotLabel]: '' };
  const image = (await engine.ask(
    `Cloning ${ref.name}`,
    () =>
      source.commit({
        repo: `novacron/${target.id.toLowerCase()}`,
        tag: 'clone',
        changes: [
          ...Object.entries(labels).map(([label, value]) => `LABEL ${label}=${value}`),
          // What served to make the container that is committed is no command of the clone's.
          `CMD ${JSON.stringify(Config.Cmd ?? [])}`,
        ].join('\n'),
      }),
    0,
  )) as { Id: string };
  await engine.ask(`Cloning ${ref.name}`, () => source.remove({ force: true, v: true }));
  const spec = cloneSpec(snapshot.spec, target.spec);
  const anonymous = Object.fromEntries(
    Object.entries(snapshot.anonymous ?? {}).flatMap(([at, volume]) =>
      volume in snapshot.copies ? [[at, ownVolume(volume, target.spec.name)] as const] : [],
    ),
  );
  for (const [volume, copy] of Object.entries(snapshot.copies)) {
    const labels = { [idLabel]: target.id, [homeLabel]: home, [roleLabel]: 'clone' };
    await fillVolume(environment, target.id, {
      from: copy,
      to: ownVolume(volume, target.spec.name),
      imageId: image.Id,
      labels,
    });
  }
  const containerId = await makeContainer(environment, target.id, spec, image.Id, anonymous);
  records.write({
    version: 1,
    id: target.id,
    containerId,
    imageId: image.Id,
    snapshots: [],
    currentId: null,
    stopAsked: false,
    intent: null,
    anonymous,
    spec,
  });
  if (temporary !== null) await group.remove(context, ref, temporary);
  return dockerHandle(containerId);
}
