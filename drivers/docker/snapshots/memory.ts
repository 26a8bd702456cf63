import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';
import { withHelper } from '../volumes/copy.ts';
import { fileSizes, isOurs } from '../volumes/local.ts';

/** The name of the checkpoint in its volume and, for the length of a start, in the container's own directory. */
export const checkpointName = 'memory';

/** What dockerode offers and its types lack; the names are those of Docker's API. */
type Checkpoints = {
  createCheckpoint(options: { CheckpointID: string; CheckpointDir?: string; Exit: boolean }): Promise<unknown>;
  deleteCheckpoint(name: string): Promise<unknown>;
};

/** The requests on checkpoints of a container. */
export function checkpointsOf(container: Docker.Container): Checkpoints {
  return container as unknown as Checkpoints;
}

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

/** The folder of the engine's machine that a volume is. */
export async function mountPointOf(engine: Engine, volume: string): Promise<string> {
  const { Mountpoint } = await engine.ask(`Looking at volume ${volume}`, () =>
    engine.docker.getVolume(volume).inspect(),
  );
  return Mountpoint;
}

/**
 * Containerd holds the images of a dump under the hash of all of them until it clears up, and refuses the same once more. Of a container
 * that does nothing they differ by the second in which they were written alone.
 */
const sameDump = /content sha256:[0-9a-f]+: already exists/;
/** How often such a dump is made in all, and the wait between, milliseconds: into the next second. */
const dumpTries = 3;
const dumpWaitMs = 1_000;

/** Writes the memory of a container into a folder of the engine's machine. The container may be frozen, and is then frozen after it too. */
export async function keepMemory(
  environment: Pick<DockerEnvironment, 'engine'>,
  name: string,
  container: Docker.Container,
  folder: string,
  waitMs = dumpWaitMs,
): Promise<void> {
  const options = { CheckpointID: checkpointName, CheckpointDir: folder, Exit: false };
  for (let tries = 1; ; tries += 1) {
    try {
      await environment.engine.ask(
        `Keeping the memory of ${name}`,
        () => checkpointsOf(container).createCheckpoint(options),
        0,
      );
      return;
    } catch (error) {
      if (!(error instanceof NovaError) || !sameDump.test(error.message) || tries === dumpTries) throw error;
      await sleep(waitMs);
    }
  }
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
