import { createReadStream, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Image, ImageGroup, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { readLines } from '../engine/lines.ts';
import { mapDockerError } from '../engine/map-error.ts';
import type { DockerEnvironment } from '../environment.ts';
import { credentialsFor } from './credentials.ts';

/** A pull that says nothing for so long is given up, milliseconds. */
const stallMs = 60_000;

type PullLine = { status?: string; id?: string; error?: string; progressDetail?: { current?: number; total?: number } };

/** Follows the progress lines of a pull or load; throws the engine's error line. */
async function follow(stream: Readable, context: OperationContext, what: string): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  let stalled = false;
  const stall = setTimeout(() => {
    stalled = true;
    stream.destroy();
  }, stallMs);
  let failure: string | undefined;
  try {
    for await (const text of readLines(stream, context.signal)) {
      stall.refresh();
      const line = JSON.parse(text) as PullLine;
      if (line.error !== undefined) failure = line.error;
      if (line.id !== undefined && line.progressDetail?.total !== undefined) {
        layers.set(line.id, { current: line.progressDetail.current ?? 0, total: line.progressDetail.total });
      }
      let current = 0;
      let total = 0;
      for (const layer of layers.values()) {
        current += layer.current;
        total += layer.total;
      }
      context.progress(
        total > 0 ? Math.min(1, current / total) : null,
        [line.status, line.id].filter(Boolean).join(' '),
      );
    }
  } catch (error) {
    if (!context.signal.aborted && !stalled) throw mapDockerError(error, what);
  } finally {
    clearTimeout(stall);
  }
  if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`);
  if (stalled) {
    throw new NovaError('timeout', `${what}: nothing came for ${stallMs / 1000} s.`, {
      retryable: true,
      details: { fixes: ['Try again, or check the registry.'] },
    });
  }
  if (failure !== undefined) throw mapDockerError(new Error(failure), what);
}

/** The engine's images. */
export function createDockerImages(
  environment: DockerEnvironment,
  env: Record<string, string | undefined>,
): ImageGroup {
  const { engine } = environment;
  const list = async (): Promise<Image[]> => {
    const [images, containers] = await Promise.all([
      engine.ask('Listing the images', () => engine.docker.listImages({})),
      engine.ask('Listing the containers', () => engine.docker.listContainers({ all: true })),
    ]);
    return images.map((image) => ({
      id: image.Id,
      names: (image.RepoTags ?? []).filter((name) => name !== '<none>:<none>'),
      sizeBytes: image.Size,
      createdAtMs: image.Created * 1000,
      usedBy: containers.filter((one) => one.ImageID === image.Id).map((one) => one.Names[0]?.slice(1) ?? one.Id),
    }));
  };
  const find = async (name: string): Promise<Image> => {
    const info = await engine.ask(`Looking for image ${name}`, () => engine.docker.getImage(name).inspect());
    const found = (await list()).find((image) => image.id === info.Id);
    if (found === undefined) throw new NovaError('not_found', `The image ${name} is gone again.`);
    return found;
  };
  return {
    list,
    async pull(context, name) {
      const what = `Pulling ${name}`;
      const tagged = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
      const credentials = await credentialsFor(name, env);
      context.log(`POST /images/create?fromImage=${tagged}`);
      const stream = await engine.ask<NodeJS.ReadableStream>(
        what,
        () => engine.docker.pull(tagged, credentials === null ? {} : { authconfig: credentials }),
        60_000,
      );
      await follow(stream as Readable, context, what);
      return find(tagged);
    },
    async import(context, path, name) {
      const what = `Importing ${path}`;
      if (!existsSync(path)) throw new NovaError('not_found', `${what}: there is no such file.`);
      const before = new Set((await list()).map((image) => image.id));
      const stream = await engine.ask<NodeJS.ReadableStream>(
        what,
        () => engine.docker.loadImage(createReadStream(path), { quiet: true }),
        0,
      );
      await follow(stream as Readable, context, what);
      const loaded = (await list()).find((image) => !before.has(image.id));
      if (loaded === undefined) return find(name);
      const [repo = name, tag = 'latest'] = name.split(/:(?=[^/]*$)/);
      await engine.ask(what, () => engine.docker.getImage(loaded.id).tag({ repo, tag }));
      return find(name);
    },
    async remove(_context, id) {
      const used = (await list()).find((image) => image.id === id || image.names.includes(id));
      if (used !== undefined && used.usedBy.length > 0) {
        throw new NovaError(
          'conflict',
          `Image ${used.names[0] ?? id} is used by ${used.usedBy.join(', ')}; remove them first.`,
        );
      }
      await engine.ask(`Removing image ${id}`, () => engine.docker.getImage(id).remove());
    },
  };
}
