import type { ContainerInspectInfo } from 'dockerode';
import type { OperationContext, Snapshot, SnapshotGroup, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { inspectOrNull } from '../lifecycle/aside.ts';
import { dockerHandle } from '../lifecycle/handle.ts';
import { finishReplace } from '../lifecycle/replace.ts';
import { settle, settleOrForget } from '../lifecycle/settle.ts';
import { undoMaking, waitForUndone } from '../lifecycle/unfinished.ts';
import type { DockerIntent, DockerRecord, DockerSnapshot } from '../record.ts';
import { anonymousOf } from '../volumes/anonymous.ts';
import { cloneContainer, cloneSpec, findSnapshot } from './clone.ts';
import { createDockerSnapshot, snapshotView } from './create.ts';
import { diffDockerSnapshots } from './diff.ts';
import { pointName } from './point-name.ts';
import { dropSnapshotObjects } from './undo.ts';

/** The record after a snapshot is gone: its children stand on its parent. */
function without(record: DockerRecord, gone: DockerSnapshot): DockerRecord {
  return {
    ...record,
    intent: { kind: 'drop', snapshotId: gone.id },
    currentId: record.currentId === gone.id ? gone.parentId : record.currentId,
    snapshots: record.snapshots
      .filter((one) => one.id !== gone.id)
      .map((one) => (one.parentId === gone.id ? { ...one, parentId: gone.parentId } : one)),
  };
}

/**
 * The volumes that no spec names of a container that goes back to a snapshot: those of the snapshot that it holds a copy of, else those
 * that are there now. `surplus` are those that are mounted nowhere any more. Pure.
 */
export function volumesBack(
  snapshot: Pick<DockerSnapshot, 'anonymous' | 'copies'>,
  info: Pick<ContainerInspectInfo, 'Mounts'>,
  spec: WorkloadSpec,
): { anonymous: Record<string, string>; surplus: string[] } {
  const now = anonymousOf(info, spec);
  const copied = Object.entries(snapshot.anonymous ?? {}).filter(([, volume]) => volume in snapshot.copies);
  const anonymous = { ...now, ...Object.fromEntries(copied) };
  const used = new Set(Object.values(anonymous));
  return { anonymous, surplus: Object.values(now).filter((volume) => !used.has(volume)) };
}

/** How the state of a restore point comes back when the way from it fails: running where it ran. Pure. */
function wayBack(kept: DockerSnapshot, running: boolean): Extract<DockerIntent, { kind: 'replace' }> {
  return {
    kind: 'replace',
    spec: kept.spec,
    imageId: kept.imageId,
    copies: kept.copies,
    currentId: kept.id,
    start: running,
    ...(kept.memory === undefined ? {} : { memory: kept.memory }),
    ...(kept.anonymous === undefined ? {} : { anonymous: kept.anonymous }),
  };
}

/** What is in CRIU's way, as a command that ends inside just now, is often gone at the next try; nobody can be asked here. */
const memoryTries = 2;

/** Snapshots of containers: an image of the layer and a copy of each volume, at one instant. */
export function createDockerSnapshots(environment: DockerEnvironment): SnapshotGroup {
  const { engine, records } = environment;
  const find = (ref: WorkloadRef, snapshotId: string) => findSnapshot(environment, ref, snapshotId);
  /** The way back from a restore: with memory where the engine can and the container lets it, else its files alone. */
  const keepPresent = async (
    context: OperationContext,
    ref: WorkloadRef,
    target: DockerSnapshot,
    running: boolean,
    id: string,
  ): Promise<Snapshot> => {
    // Names are told apart by number: a moment in a name would be that of one time zone.
    const name = pointName(target.name, new Set(records.get(ref.id).snapshots.map((one) => one.name)));
    const options = { id, name, automatic: true };
    if (running && target.memory !== undefined && environment.checkpoints().available) {
      for (let tries = 1; tries <= memoryTries; tries += 1) {
        try {
          return await createDockerSnapshot(environment, context, ref, { ...options, kind: 'disk+memory' });
        } catch (error) {
          if (context.signal.aborted) throw error;
          context.log(`The restore point holds no memory: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    return createDockerSnapshot(environment, context, ref, { ...options, kind: 'disk' });
  };
  const group: SnapshotGroup = {
    async list(ref) {
      const record = records.get(ref.id);
      return { snapshots: record.snapshots.map(snapshotView), currentId: record.currentId };
    },
    async estimate(ref) {
      const info = await inspectContainer(environment, ref);
      const sized = info as { SizeRw?: number };
      const none = (kind: 'config' | 'memory', reason: string) => ({ kind, available: false, reason });
      const memory = info.State.Running
        ? environment.checkpoints()
        : { available: false, reason: `${ref.name} does not run: it has no memory to keep.` };
      return {
        kinds: [
          { kind: 'disk', available: true, ...(sized.SizeRw === undefined ? {} : { sizeBytes: sized.SizeRw }) },
          {
            kind: 'disk+memory',
            available: memory.available,
            ...(memory.reason === undefined ? {} : { reason: memory.reason }),
          },
          none('memory', 'The memory of a container can only go on over the files of the same instant.'),
          none('config', 'The configuration is part of every snapshot.'),
        ],
      };
    },
    create: (context, ref, options) => createDockerSnapshot(environment, context, ref, options),
    async restore(context, ref, snapshotId, options) {
      await settleOrForget(environment, ref.id);
      const snapshot = find(ref, snapshotId);
      const info = await inspectOrNull(environment, ref.name, records.get(ref.id).containerId);
      const aside = await records.aside();
      // Others that use a volume would see its files change beneath them.
      for (const volume of Object.keys(snapshot.copies)) {
        const users = await engine.ask(`Looking who uses ${volume}`, () =>
          engine.docker.listContainers({ all: true, filters: { volume: [volume] } }),
        );
        const others = users
          .filter((user) => user.Id !== info?.Id && aside.get(user.Id) !== ref.id)
          .map((user) => user.Names[0]?.slice(1) ?? user.Id);
        if (others.length > 0) {
          throw new NovaError(
            'conflict',
            `${ref.name}: volume ${volume} is used by ${others.join(', ')} too; restoring would change it beneath them. Remove them or clone the snapshot.`,
          );
        }
      }
      const running = info?.State.Running ?? false;
      // Of one that somebody else removed nothing is left to be kept.
      const kept =
        options.keep && info !== null ? await keepPresent(context, ref, snapshot, running, options.keepId) : null;
      const spec = { ...snapshot.spec, name: ref.spec.name };
      const { anonymous, surplus } = volumesBack(
        snapshot,
        info ?? { Mounts: [] },
        records.get(ref.id).spec ?? ref.spec,
      );
      const intent = {
        kind: 'replace' as const,
        anonymous,
        surplus,
        spec,
        imageId: snapshot.imageId,
        copies: snapshot.copies,
        currentId: snapshot.id,
        start: running || snapshot.memory !== undefined,
        ...(snapshot.memory === undefined ? {} : { memory: snapshot.memory }),
        ...(kept === null ? {} : { back: wayBack(find(ref, kept.id), running) }),
      };
      records.change(ref.id, (record) => ({ ...record, intent }));
      context.progress(0.6, 'making the container from the snapshot');
      const record = await finishReplace(environment, ref.id, intent, true);
      const handle = dockerHandle(record.containerId);
      context.saveHandle(handle);
      return { handle, spec, kept };
    },
    async planRemoval(ref, snapshotId) {
      const snapshot = find(ref, snapshotId);
      return {
        deletes: [
          `image ${snapshot.imageId.slice('sha256:'.length, 'sha256:'.length + 12)}`,
          ...Object.values(snapshot.copies).map((name) => `volume ${name}`),
          ...(snapshot.memory === undefined ? [] : [`volume ${snapshot.memory.volume}`]),
        ],
        merges: [],
        freesBytes: snapshot.sizeBytes,
      };
    },
    async remove(_context, ref, snapshotId) {
      await settle(environment, ref.id);
      const record = records.get(ref.id);
      const snapshot = record.snapshots.find((one) => one.id === snapshotId);
      // Out of the list first: what is listed is whole, also when we are cut off here.
      if (snapshot !== undefined) records.change(ref.id, (before) => without(before, snapshot));
      await dropSnapshotObjects(environment, ref.id, snapshotId);
      records.change(ref.id, (before) => ({ ...before, intent: null }));
    },
    diff: (ref, fromId, toId) => diffDockerSnapshots(environment, ref, fromId, toId),
    async update(ref, snapshotId, change) {
      find(ref, snapshotId);
      const record = records.change(ref.id, (before) => {
        if (
          change.name !== undefined &&
          before.snapshots.some((one) => one.id !== snapshotId && one.name === change.name)
        ) {
          throw new NovaError(
            'already_exists',
            `${ref.name} has a snapshot ${change.name} already; choose another name.`,
            { details: { field: 'name' } },
          );
        }
        return {
          ...before,
          snapshots: before.snapshots.map((one) => (one.id === snapshotId ? { ...one, ...change } : one)),
        };
      });
      return snapshotView(record.snapshots.find((one) => one.id === snapshotId) as DockerSnapshot);
    },
    async cloneSpec(ref, snapshotId, spec) {
      if (snapshotId === null) return cloneSpec(records.get(ref.id).spec ?? ref.spec, spec);
      const { spec: then } = find(ref, snapshotId);
      return cloneSpec(then, { ...spec, resources: then.resources, settings: then.settings });
    },
    async clone(context, ref, snapshotId, target) {
      await waitForUndone(environment, target.id, target.spec.name);
      environment.notes.drop(target.id);
      const there = records.read(target.id) !== null;
      try {
        return await cloneContainer(environment, group, context, { ref, snapshotId, target });
      } catch (error) {
        if (!there) records.remove(target.id);
        await undoMaking(environment, target.id, target.spec.name, error);
        throw error;
      }
    },
  };
  return group;
}
