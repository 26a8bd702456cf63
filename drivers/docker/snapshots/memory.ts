import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';
import type { DockerMemory } from '../record.ts';
import { copyFiles, withHelper } from '../volumes/copy.ts';

/** The name of the checkpoint in its volume and, for the length of a start, in the container's own directory. */
export const checkpointName = 'memory';
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

/**
 * Writes the memory of a container into a volume of its own. The container may be frozen, and is then frozen after it too. The
 * caller removes the volume by its labels after a failure.
 */
export async function keepMemory(
  environment: DockerEnvironment,
  name: string,
  container: Docker.Container,
  volume: { name: string; labels: Record<string, string> },
): Promise<void> {
  const { engine } = environment;
  const made = await engine.ask(`Making volume ${volume.name}`, () =>
    engine.docker.createVolume({ Name: volume.name, Labels: volume.labels }),
  );
  const { Mountpoint } = await engine.ask(`Making volume ${volume.name}`, () => made.inspect());
  await engine.ask(
    `Keeping the memory of ${name}`,
    () =>
      checkpointsOf(container).createCheckpoint({
        CheckpointID: checkpointName,
        CheckpointDir: Mountpoint,
        Exit: false,
      }),
    0,
  );
}

/**
 * Looks whether the volume holds what CRIU writes, and how much memory: containerd 1.6 can report success and hand out an old
 * image or nothing. Throws `internal`.
 */
export async function memoryBytes(
  environment: DockerEnvironment,
  id: string,
  volume: string,
  imageId: string,
): Promise<number> {
  return withHelper(
    environment,
    id,
    imageId,
    { type: 'volume', source: volume, readOnly: true },
    async (helper, at) => {
      const folder = `${at}/${checkpointName}`;
      const inventory = await fileSize(environment, helper, `${folder}/inventory.img`);
      let bytes = 0;
      // One file for each process, numbered from 1.
      for (let page = 1; ; page += 1) {
        const size = await fileSize(environment, helper, `${folder}/pages-${page}.img`);
        if (size === null) break;
        bytes += size;
      }
      if (inventory === null || bytes === 0) {
        throw new NovaError(
          'internal',
          'The engine reported a checkpoint and wrote none. Try again; if it stays so, restart Docker.',
        );
      }
      return bytes;
    },
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
  archive.entry({ name: 'novacron', mode: 0o600 }, randomUUID());
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
  const folder = await checkpointFolder(engine, containerId);
  await copyFiles(environment, id, memory.imageId, {
    from: { type: 'volume', source: memory.volume, readOnly: true },
    to: { type: 'bind', source: folder, readOnly: false },
  });
  await makeDistinct(environment, id, memory.imageId, `${folder}/${checkpointName}`);
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
