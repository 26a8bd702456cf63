import { performance } from 'node:perf_hooks';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import type { OperationContext, Snapshot, SnapshotKind, SnapshotVolumes, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { unframed } from '../console/frames.ts';
import { openLog } from '../console/log.ts';
import { lastBytes } from '../console/tail.ts';
import { homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { settle } from '../lifecycle/settle.ts';
import { waitForUndone, whenItAnswers } from '../lifecycle/unfinished.ts';
import type { DockerSnapshot } from '../record.ts';
import { anonymousOf } from '../volumes/anonymous.ts';
import { type Copy, copiesAtOnce, openVolumeCopy } from '../volumes/copy.ts';
import { eachAtMost, waitAll } from '../wait-all.ts';
import { keepMemory, makeMemoryVolume, memoryBytes } from './memory.ts';
import { snapshotLabel } from './undo.ts';

/** How many of the log's last lines a snapshot keeps. */
const tailLines = 20;
/** And at most so many bytes: a line can be as long as it likes. */
const tailBytes = 16 * 1024;

/** A stored snapshot as the contract shows it. */
export function snapshotView(snapshot: DockerSnapshot): Snapshot {
  const { imageId: _imageId, copies: _copies, anonymous: _anonymous, memory, ...rest } = snapshot;
  return { ...rest, kind: memory === undefined ? 'disk' : 'disk+memory', memoryBytes: memory?.bytes ?? 0 };
}

async function logTail(environment: DockerEnvironment, info: ContainerInspectInfo): Promise<string> {
  const { engine } = environment;
  const log = await engine.ask('Reading the log', () => openLog(engine.docker, info.Id, { tail: tailLines }));
  return (await lastBytes(info.Config.Tty ? log : unframed(log), tailBytes)).toString('utf8');
}

/** The mounts of the volumes that are to be copied. Throws `invalid_spec` when one that is named is not mounted. */
function chosenVolumes(info: ContainerInspectInfo, choice: SnapshotVolumes) {
  const mounted = (info.Mounts ?? []).filter((mount) => mount.Type === 'volume' && mount.Name);
  if (choice === 'all') return mounted;
  if (choice === 'none') return [];
  const stranger = choice.find((name) => !mounted.some((mount) => mount.Name === name));
  if (stranger !== undefined) {
    throw new NovaError('invalid_spec', `${info.Name.slice(1)} mounts no volume ${stranger}.`, {
      details: { field: 'volumes' },
    });
  }
  return mounted.filter((mount) => choice.includes(String(mount.Name)));
}

/** Bytes of the container's own layer. */
async function layerBytes(environment: DockerEnvironment, imageId: string): Promise<number> {
  const { engine } = environment;
  const history = await engine.ask('Measuring the snapshot', () => engine.docker.getImage(imageId).history());
  return (history as { Size: number }[])[0]?.Size ?? 0;
}

type Mount = NonNullable<ContainerInspectInfo['Mounts']>[number];

/** A volume, the one that is to hold its copy, and the copy that can begin. */
type ReadyCopy = { volume: string; to: string; copy: Copy };

/** Makes ready the copies of the volumes while the container still runs: so little as can be is done while it stands. */
function readyCopies(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  what: { volumes: Mount[]; labels: Record<string, string>; id: string; imageId: string },
): Promise<ReadyCopy[]> {
  return eachAtMost(copiesAtOnce, what.volumes, async (mount, index) => {
    const volume = String(mount.Name);
    const to = `novacron-${what.id}-${index}`.toLowerCase();
    const { imageId, labels } = what;
    return { volume, to, copy: await openVolumeCopy(environment, ref.id, { from: volume, to, imageId, labels }) };
  });
}

/** The name of the image that keeps the files of a snapshot. */
const commitName = (ref: WorkloadRef, id: string): { repo: string; tag: string } => ({
  repo: `novacron/${ref.id.toLowerCase()}`,
  tag: id.toLowerCase(),
});

/** The requests that take a snapshot, as they are told to who looks into the job. Pure. */
function requestsOf(
  containerId: string,
  what: { running: boolean; withMemory: boolean; image: { repo: string; tag: string }; ready: readonly ReadyCopy[] },
): string[] {
  const { repo, tag } = what.image;
  const container = containerId.slice(0, 12);
  const path = `/containers/${container}`;
  return [
    ...(what.running ? [`POST ${path}/pause`] : []),
    `POST /commit?container=${container}&repo=${repo}&tag=${tag}`,
    ...what.ready.map(({ volume, to }) => `copy the volume ${volume} to ${to}`),
    ...(what.withMemory ? [`POST ${path}/checkpoints`] : []),
    ...(what.running ? [`POST ${path}/unpause`] : []),
  ];
}

/** Commits the layer of a container that stands still; the image's id. */
async function commitLayer(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  what: { container: Docker.Container; labels: Record<string, string>; id: string },
): Promise<string> {
  const { engine } = environment;
  const image = (await engine.ask(
    `Keeping the files of ${ref.name}`,
    () =>
      what.container.commit({
        pause: false,
        ...commitName(ref, what.id),
        changes: Object.entries(what.labels)
          .map(([label, value]) => `LABEL ${label}=${value}`)
          .join('\n'),
      }),
    0,
  )) as { Id: string };
  return image.Id;
}

/** Copies the volumes of a container that stands still; the number of bytes. */
async function copyVolumes(context: OperationContext, copies: readonly ReadyCopy[]): Promise<number> {
  let done = 0;
  const bytes = await eachAtMost(copiesAtOnce, copies, async ({ volume, copy }) => {
    context.signal.throwIfAborted();
    context.progress(0.2 + (0.7 * done) / copies.length, `copying volume ${volume}`);
    const copied = await copy.run();
    done += 1;
    return copied;
  });
  return bytes.reduce((sum, one) => sum + one, 0);
}

/** Undoes the snapshot that the record intends: now, or when an engine answers that does not. Throws why it can't be undone. */
async function undoNowOrLater(
  environment: DockerEnvironment,
  { id, name }: { id: string; name: string },
  why: unknown,
): Promise<void> {
  const undo = () => settle(environment, id);
  const silent = (error: unknown): boolean => error instanceof NovaError && error.retryable;
  if (!(why instanceof NovaError && why.code === 'timeout')) {
    try {
      await undo();
      return;
    } catch (error) {
      if (!silent(error)) throw error;
    }
  }
  const turn = Symbol(id);
  environment.undoing.set(id, turn);
  const undoOnce = async (): Promise<void> => {
    // One that came before has settled it, and may be at work.
    if (environment.undoing.get(id) === turn) await undo();
  };
  environment.leave(
    whenItAnswers(environment, undoOnce, {
      id,
      message: `A snapshot of "${name}" came to nothing, and Docker does not answer. It is undone as soon as it does; until then the container may stand still.`,
      done: `Docker answers again; nothing is left of the snapshot of "${name}" that came to nothing.`,
    }).then(() => undefined),
  );
}

/**
 * Freezes the container, keeps its memory where asked, commits its layer and copies its volumes while it is frozen, so that all
 * of them show one instant: a memory can only go on over the very files that it knew. Idempotent on the id; rolled back after any failure.
 */
export async function createDockerSnapshot(
  environment: DockerEnvironment,
  context: OperationContext,
  ref: WorkloadRef,
  options: {
    id: string;
    name: string;
    notes?: string;
    kind: SnapshotKind;
    automatic?: boolean;
    volumes?: SnapshotVolumes;
  },
): Promise<Snapshot> {
  const { engine, records, home } = environment;
  await waitForUndone(environment, ref.id, ref.name);
  await settle(environment, ref.id);
  const before = records.get(ref.id);
  const there = before.snapshots.find((one) => one.id === options.id);
  if (there !== undefined) return snapshotView(there);
  const withMemory = options.kind === 'disk+memory';
  if (options.kind !== 'disk' && !withMemory) {
    throw new NovaError(
      'unsupported',
      `${ref.name}: Docker containers have snapshots of kinds disk and disk+memory, not ${options.kind}.`,
    );
  }
  if (before.snapshots.some((one) => one.name === options.name)) {
    throw new NovaError('already_exists', `${ref.name} has a snapshot ${options.name} already; choose another name.`, {
      details: { field: 'name' },
    });
  }
  const info = await inspectContainer(environment, ref);
  const container = engine.docker.getContainer(info.Id);
  if (withMemory && !info.State.Running) {
    throw new NovaError(
      'wrong_state',
      `${ref.name} does not run: it has no memory to keep. Start it, or keep its disk.`,
    );
  }
  const running = info.State.Running && !info.State.Paused;
  const anonymous = anonymousOf(info, before.spec ?? ref.spec);
  const volumes = chosenVolumes(info, options.volumes ?? 'all');
  const labels = { [idLabel]: ref.id, [homeLabel]: home, [roleLabel]: 'snapshot', [snapshotLabel]: options.id };
  const intent = { kind: 'snapshot' as const, snapshotId: options.id, paused: running };
  records.write({ ...before, intent });
  try {
    const memoryVolume = `novacron-${options.id}-memory`.toLowerCase();
    // What is copied while it stands still is made ready before.
    const ready = await readyCopies(environment, ref, { volumes, labels, id: options.id, imageId: info.Image });
    context.signal.throwIfAborted();
    // Told before: nothing is to be told while it stands.
    for (const line of requestsOf(info.Id, { running, withMemory, image: commitName(ref, options.id), ready }))
      context.log(line);
    const from = performance.now();
    const [memoryFolder] = await waitAll([
      withMemory ? makeMemoryVolume(environment, { name: memoryVolume, labels }) : '',
      running
        ? environment.gate.freeze(ref.id, () => engine.ask(`Freezing ${ref.name}`, () => container.pause()))
        : null,
    ]);
    context.signal.throwIfAborted();
    context.progress(0.1, withMemory ? 'keeping memory and files' : 'keeping the files');
    // It stands still: memory and files can be read at one time.
    const layer = commitLayer(environment, ref, { container, labels, id: options.id });
    const tail = logTail(environment, info).catch(() => '');
    // Nothing that is only measured holds it up.
    const measured = layer.then((image) => layerBytes(environment, image));
    measured.catch(() => undefined); // it is awaited below
    const [imageId, volumeBytes] = await waitAll([
      layer,
      copyVolumes(context, ready),
      withMemory ? keepMemory(environment, ref.name, container, memoryFolder) : null,
    ]);
    const resumed = async (): Promise<number> => {
      await engine.ask(`Resuming ${ref.name}`, () => container.unpause());
      return Math.round(performance.now() - from);
    };
    const [pauseMs, ownBytes, consoleTail, memory] = await waitAll([
      running ? resumed() : undefined,
      measured,
      tail,
      withMemory
        ? memoryBytes(environment, ref.id, { name: memoryVolume, folder: memoryFolder }, imageId).then((bytes) => ({
            volume: memoryVolume,
            bytes,
          }))
        : null,
      ...ready.map(({ copy }) => copy.close()),
    ]);
    context.signal.throwIfAborted();
    const snapshot: DockerSnapshot = {
      id: options.id,
      name: options.name,
      notes: options.notes ?? '',
      parentId: before.currentId,
      createdAtMs: Date.now(),
      automatic: options.automatic ?? false,
      sizeBytes: ownBytes + volumeBytes + (memory?.bytes ?? 0),
      ...(pauseMs === undefined ? {} : { pauseMs }),
      consoleTail,
      imageId,
      copies: Object.fromEntries(ready.map(({ volume, to }) => [volume, to])),
      ...(memory === null ? {} : { memory }),
      anonymous,
      spec: ref.spec,
    };
    records.change(ref.id, (record) => ({
      ...record,
      snapshots: [...record.snapshots, snapshot],
      currentId: snapshot.id,
      intent: null,
    }));
    return snapshotView(snapshot);
  } catch (error) {
    await undoNowOrLater(environment, ref, error);
    throw context.signal.aborted
      ? new NovaError('cancelled', `The snapshot of ${ref.name} was cancelled; nothing of it is left.`, {
          cause: error,
        })
      : error;
  }
}
