import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';
import type { DockerMemory } from '../record.ts';
import { copyFiles, withHelper } from '../volumes/copy.ts';
import { copyFolder, fileSizes, isOurs } from '../volumes/local.ts';

/** The name of the checkpoint in its volume and, for the length of a start, in the container's own directory. */
export const checkpointName = 'memory';
/** The file of its own kind beside CRIU's images. */
const distinctName = 'novacron';
/** Longest restore of a memory from its images, milliseconds: many gigabytes from a slow disk. */
const restoreLimitMs = 600_000;

/** What dockerode offers and its types lack; the names are those of Docker's API. */
type Checkpoints = {
  createCheckpoint(options: { CheckpointID: string; CheckpointDir?: string; Exit: boolean }): Promise<unknown>;
  deleteCheckpoint(name: string): Promise<unknown>;
};

/** The requests on checkpoints of a container. */
export function checkpointsOf(container: Docker.Container): Checkpoints {
  return container as unknown as Checkpoints;
}

/** The options of a start that goes on from a checkpoint, which dockerode's types lack. Without `_body` it would send them as a body, which is refused. */
export const fromCheckpoint = { _query: { checkpoint: checkpointName }, _body: {} } as Docker.ContainerStartOptions;

/** The size that a HEAD on the archive tells, or null when there is no such file. */
async function fileSize(
  environment: DockerEnvironment,
  helper: Docker.Container,
  path: string,
): Promise<number | null> {
  try {
    const answer = (await environment.engine.ask('Measuring the memory', () => helper.infoArchive({ path }))) as {
      headers?: Record<string, string>;
      resume?(): void;
    };
    // Docker's API: base64 of {"name", "size", "mode", ...}.
    const stat = Buffer.from(answer.headers?.['x-docker-container-path-stat'] ?? '', 'base64').toString('utf8');
    answer.resume?.();
    return (JSON.parse(stat) as { size: number }).size;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Makes the volume for a memory; the folder of the engine's machine that it is. The caller removes it by its labels after a failure. */
export async function makeMemoryVolume(
  environment: DockerEnvironment,
  volume: { name: string; labels: Record<string, string> },
): Promise<string> {
  const { engine } = environment;
  await engine.ask(`Making volume ${volume.name}`, () =>
    engine.docker.createVolume({ Name: volume.name, Labels: volume.labels }),
  );
  return mountPointOf(engine, volume.name);
}

async function mountPointOf(engine: Engine, volume: string): Promise<string> {
  const { Mountpoint } = await engine.ask(`Looking at volume ${volume}`, () =>
    engine.docker.getVolume(volume).inspect(),
  );
  return Mountpoint;
}

/** Writes the memory of a container into a folder of the engine's machine. The container may be frozen, and is then frozen after it too. */
export async function keepMemory(
  environment: DockerEnvironment,
  name: string,
  container: Docker.Container,
  folder: string,
): Promise<void> {
  await environment.engine.ask(
    `Keeping the memory of ${name}`,
    () =>
      checkpointsOf(container).createCheckpoint({
        CheckpointID: checkpointName,
        CheckpointDir: folder,
        Exit: false,
      }),
    0,
  );
}

/** Bytes of memory in what CRIU wrote; one file for each process, numbered from 1. Throws `internal` when it wrote none. */
async function countMemory(size: (file: string) => Promise<number | null>): Promise<number> {
  const inventory = await size('inventory.img');
  let bytes = 0;
  for (let page = 1; ; page += 1) {
    const one = await size(`pages-${page}.img`);
    if (one === null) break;
    bytes += one;
  }
  if (inventory === null || bytes === 0) {
    throw new NovaError(
      'internal',
      'The engine reported a checkpoint and wrote none. Try again; if it stays so, restart Docker.',
    );
  }
  return bytes;
}

/**
 * Looks whether the volume holds what CRIU writes, and how much memory: containerd 1.6 can report success and hand out an old
 * image or nothing. Throws `internal`.
 */
export async function memoryBytes(
  environment: DockerEnvironment,
  id: string,
  volume: { name: string; folder: string },
  imageId: string,
): Promise<number> {
  const own = `${volume.folder}/${checkpointName}`;
  if (await isOurs(environment.engine, own)) {
    const sizes = await fileSizes(own);
    return countMemory(async (file) => sizes.get(file) ?? null);
  }
  return withHelper(environment, id, imageId, { type: 'volume', source: volume.name, readOnly: true }, (helper, at) =>
    countMemory((file) => fileSize(environment, helper, `${at}/${checkpointName}/${file}`)),
  );
}

/**
 * Puts a file of its own kind beside CRIU's images, which CRIU overlooks. The engine hands the images to containerd under the hash of
 * all of them, and fails with "already exists" while containerd still holds the same from the dump or an earlier restore.
 */
export async function makeDistinct(
  environment: Pick<DockerEnvironment, 'engine' | 'home'>,
  id: string,
  imageId: string,
  folder: string,
): Promise<void> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  archive.entry({ name: distinctName, mode: 0o600 }, randomUUID());
  archive.finalize();
  await withHelper(environment, id, imageId, { type: 'bind', source: folder, readOnly: false }, (helper, at) =>
    environment.engine.ask('Preparing a restore', () => helper.putArchive(Readable.from(archive), { path: at })),
  );
}

/** Where the engine looks for the checkpoints of a container, on its own machine. */
export async function checkpointFolder(engine: Engine, containerId: string): Promise<string> {
  const info = (await engine.ask('Preparing a restore', () => engine.docker.info())) as { DockerRootDir: string };
  return `${info.DockerRootDir}/containers/${containerId}/checkpoints`;
}

/**
 * Starts a container that has never run from a kept memory. The engine reads checkpoints only from the container's own
 * directory, so that the images are copied there for the length of the start.
 */
export async function startFromMemory(
  environment: DockerEnvironment,
  id: string,
  name: string,
  containerId: string,
  memory: DockerMemory & { imageId: string },
): Promise<void> {
  const { engine } = environment;
  const [folder, source] = await Promise.all([
    checkpointFolder(engine, containerId),
    mountPointOf(engine, memory.volume),
  ]);
  const [from, to] = [`${source}/${checkpointName}`, `${folder}/${checkpointName}`];
  if ((await isOurs(engine, from)) && (await isOurs(engine, folder))) {
    await copyFolder(from, to);
    await writeFile(`${to}/${distinctName}`, randomUUID(), { mode: 0o600 });
  } else {
    await copyFiles(environment, id, memory.imageId, {
      from: { type: 'volume', source: memory.volume, readOnly: true },
      to: { type: 'bind', source: folder, readOnly: false },
    });
    await makeDistinct(environment, id, memory.imageId, to);
  }
  const container = engine.docker.getContainer(containerId);
  try {
    await engine.ask(`Restoring the memory of ${name}`, () => container.start(fromCheckpoint), restoreLimitMs);
  } finally {
    // It goes with the container at the latest.
    await engine
      .ask('Removing a used checkpoint', () => checkpointsOf(container).deleteCheckpoint(checkpointName))
      .catch(() => undefined);
  }
}
