import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import type { DockerEnvironment } from '../environment.ts';
import type { DockerMemory } from '../record.ts';
import { copyFiles, withHelper } from '../volumes/copy.ts';
import { dropFolder, isOurs, linkFolder } from '../volumes/local.ts';
import { checkpointName, checkpointsOf, mountPointOf } from './memory.ts';

/** The file of its own kind beside CRIU's images. */
const distinctName = 'novacron';

/** The options of a start that goes on from a checkpoint, which dockerode's types lack. Without `_body` it would send them as a body, which is refused. */
export const fromCheckpoint = { _query: { checkpoint: checkpointName }, _body: {} } as Docker.ContainerStartOptions;

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
  const { pack } = await import('../../tar-stream.ts');
  const archive = pack();
  archive.entry({ name: distinctName, mode: 0o600 }, randomUUID());
  archive.finalize();
  await withHelper(environment, id, imageId, { type: 'bind', source: folder, readOnly: false }, (helper, at) =>
    environment.engine.ask('Preparing a restore', () => helper.putArchive(Readable.from(archive), { path: at })),
  );
}

/** Where the engine has the directories of its containers, on its own machine. */
async function containersFolder(engine: Engine): Promise<string> {
  const info = (await engine.ask('Preparing a restore', () => engine.docker.info())) as { DockerRootDir: string };
  return `${info.DockerRootDir}/containers`;
}

const checkpointsIn = (containers: string, containerId: string): string => `${containers}/${containerId}/checkpoints`;

/** Where the engine looks for the checkpoints of a container, on its own machine. */
export async function checkpointFolder(engine: Engine, containerId: string): Promise<string> {
  return checkpointsIn(await containersFolder(engine), containerId);
}

/** A memory in a container's own directory. */
export type Placed = {
  /** Ends its stay. Never rejects: it goes with the container at the latest. */
  drop(): Promise<void>;
};

/** Where a memory lies, and where the engine keeps the directories of its containers. */
type Places = { source: string; containers: string };

/** Looks where a memory has to be brought to and from; the container need not be there yet. */
export async function lookForPlaces(engine: Engine, memory: DockerMemory): Promise<Places> {
  const [containers, source] = await Promise.all([containersFolder(engine), mountPointOf(engine, memory.volume)]);
  return { containers, source };
}

/**
 * Puts a memory into the own directory of a container that has never run: the engine reads checkpoints only there. Where that directory
 * is this user's too it costs no copy: the engine only reads the images. Idempotent.
 */
export async function placeMemory(
  environment: DockerEnvironment,
  id: string,
  containerId: string,
  memory: DockerMemory & { imageId: string },
  places: Places,
): Promise<Placed> {
  const { engine } = environment;
  const folder = checkpointsIn(places.containers, containerId);
  const [from, to] = [`${places.source}/${checkpointName}`, `${folder}/${checkpointName}`];
  if ((await isOurs(engine, from)) && (await isOurs(engine, folder))) {
    await linkFolder(from, to);
    await writeFile(`${to}/${distinctName}`, randomUUID(), { mode: 0o600 });
    return { drop: () => dropFolder(to).catch(() => undefined) };
  }
  await copyFiles(environment, id, memory.imageId, {
    from: { type: 'volume', source: memory.volume, readOnly: true },
    to: { type: 'bind', source: folder, readOnly: false },
  });
  await makeDistinct(environment, id, memory.imageId, to);
  const container = engine.docker.getContainer(containerId);
  return {
    drop: () =>
      engine
        .ask('Removing a used checkpoint', () => checkpointsOf(container).deleteCheckpoint(checkpointName))
        .then(
          () => undefined,
          () => undefined,
        ),
  };
}

/** Starts a container that has never run from the memory that was placed with it, which is there for the length of the start. */
export async function startFromMemory(
  environment: DockerEnvironment,
  name: string,
  containerId: string,
  placed: Placed,
): Promise<void> {
  const { engine } = environment;
  const container = () => engine.docker.getContainer(containerId);
  try {
    // Many gigabytes from a slow disk: nobody can say how long it takes.
    await engine.ask(`Restoring the memory of ${name}`, () => container().start(fromCheckpoint), 0);
  } finally {
    await placed.drop();
  }
}
