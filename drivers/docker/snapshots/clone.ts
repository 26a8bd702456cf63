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
import { sourceOf } from './undo.ts';

/** A snapshot of the record. Throws `not_found`. */
export function findSnapshot(environment: DockerEnvironment, ref: WorkloadRef, snapshotId: string): DockerSnapshot {
  const found = environment.records.get(ref.id).snapshots.find((one) => one.id === snapshotId);
  if (found === undefined) throw new NovaError('not_found', `${ref.name} has no snapshot ${snapshotId}.`);
  return found;
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
    await refuseTaken(environment, target.id, `${volume}-${target.spec.name}`);
  }
  // The clone gets an image and volumes of its own, so that neither depends on the other's life.
  const source = await engine.ask(`Cloning ${ref.name}`, () =>
    engine.docker.createContainer({
      Image: snapshot.imageId,
      Cmd: ['true'],
      Labels: { [idLabel]: target.id, [homeLabel]: home, [roleLabel]: 'copy' },
    }),
  );
  const image = (await engine.ask(
    `Cloning ${ref.name}`,
    () =>
      source.commit({
        repo: `novacron/${target.id.toLowerCase()}`,
        tag: 'clone',
        changes: `LABEL ${idLabel}=${target.id}\nLABEL ${homeLabel}=${home}\nLABEL ${roleLabel}=layer\nLABEL io.novacron.snapshot=`,
      }),
    0,
  )) as { Id: string };
  await engine.ask(`Cloning ${ref.name}`, () => source.remove({ force: true, v: true }));
  const mounts = ((target.spec.settings['mounts'] ?? []) as { type: string; source?: string }[]).map((mount) => {
    if (mount.type !== 'volume' || mount.source === undefined) return mount;
    return { ...mount, source: `${mount.source}-${target.spec.name}` };
  });
  const spec = { ...target.spec, settings: { ...target.spec.settings, mounts } };
  const anonymous = Object.fromEntries(
    Object.entries(snapshot.anonymous ?? {}).flatMap(([at, volume]) =>
      volume in snapshot.copies ? [[at, `${volume}-${target.spec.name}`] as const] : [],
    ),
  );
  for (const [volume, copy] of Object.entries(snapshot.copies)) {
    const labels = { [idLabel]: target.id, [homeLabel]: home, [roleLabel]: 'clone' };
    await fillVolume(environment, target.id, {
      from: copy,
      to: `${volume}-${target.spec.name}`,
      imageId: image.Id,
      labels,
    });
  }
  const command = await engine.ask(`Cloning ${ref.name}`, () => engine.docker.getImage(snapshot.imageId).inspect());
  const settings = { ...(command.Config.Cmd ? { command: command.Config.Cmd } : {}), ...spec.settings };
  const containerId = await makeContainer(environment, target.id, { ...spec, settings }, image.Id, anonymous);
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
  });
  if (temporary !== null) await group.remove(context, ref, temporary);
  return dockerHandle(containerId);
}
