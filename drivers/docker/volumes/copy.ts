import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import { homeLabel, idLabel, instanceLabel, roleLabel } from '../engine/engine.ts';
import { type DockerEnvironment, unlessGone } from '../environment.ts';
import { waitAll } from '../wait-all.ts';

/** Where the files are mounted in the containers that only serve to read and write them. They never run. */
const mountPoint = '/novacron-volume';

/** How many volumes are copied at one time. */
export const copiesAtOnce = 4;

/** How often a volume in use is looked at again, and the wait between, milliseconds. */
const dropTries = 5;
const dropWaitMs = 500;

/** A folder of the engine's machine, as a container mounts it. `labels`: of the volume, where the mount makes it. */
export type Place = {
  type: 'volume' | 'bind';
  source: string;
  readOnly: boolean;
  labels?: Readonly<Record<string, string>>;
};

/** What a helper is made with; a trial of the engine has no name of its own. */
type Maker = Pick<DockerEnvironment, 'engine' | 'home'> & { instance?: string };

/** A container that never runs with a place mounted, for archive requests. */
type Helper = {
  container: Docker.Container;
  /** Where the place is mounted. */
  at: string;
  /** Removes it. Idempotent. */
  close(): Promise<void>;
};

async function openHelper(environment: Maker, id: string, imageId: string, place: Place): Promise<Helper> {
  const { engine, home, instance = '' } = environment;
  // A mount makes a volume that is gone meanwhile: without our labels nobody would find it.
  const made = place.labels === undefined ? {} : { VolumeOptions: { Labels: { ...place.labels } } };
  const container = await engine.ask(`Reading ${place.type} ${place.source}`, () =>
    engine.docker.createContainer({
      Image: imageId,
      // An image without a command refuses a create that gives none.
      Cmd: ['true'],
      Labels: { [idLabel]: id, [homeLabel]: home, [roleLabel]: 'copy', [instanceLabel]: instance },
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [
          { Type: place.type, Source: place.source, Target: mountPoint, ReadOnly: place.readOnly, ...made } as never,
        ],
      },
    }),
  );
  return {
    container,
    at: mountPoint,
    // With `v`: an image that declares volumes gave it some of its own.
    close: () => unlessGone(engine.ask('Removing a helper', () => container.remove({ force: true, v: true }))),
  };
}

/** Makes a container that never runs with the place mounted, for archive requests, and removes it after the work. */
export async function withHelper<T>(
  environment: Maker,
  id: string,
  imageId: string,
  place: Place,
  work: (helper: Docker.Container, at: string) => Promise<T>,
): Promise<T> {
  const helper = await openHelper(environment, id, imageId, place);
  try {
    return await work(helper.container, helper.at);
  } finally {
    await helper.close();
  }
}

/** Removes the helpers that a copy which was cut off left: they hold its volumes. With `others` only those of drivers that have ended. Idempotent. */
export async function dropHelpers(environment: Maker, id: string, others = false): Promise<void> {
  const { engine, home, instance } = environment;
  const what = 'Removing left-over helpers';
  const label = [`${idLabel}=${id}`, `${homeLabel}=${home}`, `${roleLabel}=copy`];
  const helpers = await engine.ask(what, () => engine.docker.listContainers({ all: true, filters: { label } }));
  for (const helper of helpers) {
    if (others && helper.Labels[instanceLabel] === instance) continue;
    await unlessGone(engine.ask(what, () => engine.docker.getContainer(helper.Id).remove({ force: true, v: true })));
  }
}

/**
 * Removes a volume that is to be filled anew. A helper can appear late, since an engine goes on with a request whose asker has died:
 * then it is looked again. Idempotent.
 */
export async function dropVolume(
  environment: Pick<DockerEnvironment, 'engine' | 'home'>,
  id: string,
  volume: string,
): Promise<void> {
  const { engine } = environment;
  for (let tries = 1; ; tries += 1) {
    await dropHelpers(environment, id);
    try {
      await unlessGone(engine.ask(`Emptying volume ${volume}`, () => engine.docker.getVolume(volume).remove()));
      return;
    } catch (error) {
      if (!(error instanceof NovaError) || error.code !== 'conflict' || tries === dropTries) throw error;
      await sleep(dropWaitMs);
    }
  }
}

/** A copy of one place into another that can begin at once. */
export type Copy = {
  /** Copies; the number of bytes, with the archive's own. Idempotent: files that are there are overwritten. */
  run(): Promise<number>;
  /** Removes what serves it. Idempotent. */
  close(): Promise<void>;
};

/**
 * Makes ready a copy through the engine's archive requests. Source and target are two containers: the engine locks a container for the
 * length of an archive request, so that one container would wait for itself. The caller closes it.
 */
async function openCopy(
  environment: DockerEnvironment,
  id: string,
  imageId: string,
  places: { from: Place; to: Place },
): Promise<Copy> {
  const { engine } = environment;
  const opening = [places.from, places.to].map((place) => openHelper(environment, id, imageId, place));
  const opened = (await Promise.allSettled(opening)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => void (await waitAll(opened.map((helper) => helper.close())));
  const [source, target] = opened;
  if (source === undefined || target === undefined) {
    await close();
    await waitAll(opening);
    throw new NovaError('internal', 'A helper is missing.');
  }
  return {
    close,
    async run() {
      // With the mount point in the names, and unpacked from the root: the engine refuses links that lead out of where it unpacks, and
      // such as lead out of a volume are good ones inside.
      const path = source.at;
      const archive = await engine.ask(`Reading ${places.from.source}`, () => source.container.getArchive({ path }));
      let bytes = 0;
      const counted = new PassThrough();
      archive.on('error', (error) => counted.destroy(error));
      archive.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
      archive.pipe(counted);
      await engine.ask(`Writing ${places.to.source}`, () => target.container.putArchive(counted, { path: '/' }), 0);
      return bytes;
    },
  };
}

/** Copies the files of one place into another; the number of bytes, with the archive's own. Idempotent. */
export async function copyFiles(
  environment: DockerEnvironment,
  id: string,
  imageId: string,
  places: { from: Place; to: Place },
): Promise<number> {
  const copy = await openCopy(environment, id, imageId, places);
  try {
    return await copy.run();
  } finally {
    await copy.close();
  }
}

/** Makes ready a copy of one volume into another, which is made where it is missing, with `labels`. The caller closes it. */
export async function openVolumeCopy(
  environment: DockerEnvironment,
  id: string,
  copy: { from: string; to: string; imageId: string; labels: Record<string, string> },
): Promise<Copy> {
  const { engine } = environment;
  await engine.ask(`Making volume ${copy.to}`, () =>
    engine.docker.createVolume({ Name: copy.to, Labels: copy.labels }),
  );
  return openCopy(environment, id, copy.imageId, {
    from: { type: 'volume', source: copy.from, readOnly: true },
    to: { type: 'volume', source: copy.to, readOnly: false, labels: copy.labels },
  });
}

/** Copies one volume into another as `openVolumeCopy` says; the number of bytes. Idempotent. */
export async function fillVolume(
  environment: DockerEnvironment,
  id: string,
  what: { from: string; to: string; imageId: string; labels: Record<string, string> },
): Promise<number> {
  const copy = await openVolumeCopy(environment, id, what);
  try {
    return await copy.run();
  } finally {
    await copy.close();
  }
}
