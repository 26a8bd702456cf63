import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, rm, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { mapDockerError } from '../engine/map-error.ts';
import { follow, lastLines } from './follow.ts';
import { type ArchiveContent, readImageArchive } from './image-archive.ts';
import { followLayers } from './layers.ts';

/** A request of the client that its types leave out. */
type ImageReader = {
  getImages(options: { names: string[]; abortSignal: AbortSignal }): Promise<NodeJS.ReadableStream>;
};

function checkPath(path: string, what: string): void {
  if (!isAbsolute(path)) throw new NovaError('invalid_spec', `${what}: ${path} is no absolute path.`);
}

async function imagesIn(
  path: string,
  what: string,
  signal: AbortSignal,
): Promise<Extract<ArchiveContent, { kind: 'images' }>> {
  const content = await readImageArchive(path, what, 'unpack', signal);
  if (content.kind === 'images') return content;
  throw new NovaError('invalid_spec', `${what}: it holds no list of images (manifest.json).`, {
    details: { field: 'path', fixes: ['Import it with a name if it is a root file system.'] },
  });
}

/**
 * Makes an image with one layer out of the tar archive of a root file system. Returns its id. As `docker import` does, without a command:
 * a workload of it names one.
 */
export async function importRoot(
  engine: Engine,
  context: OperationContext,
  path: string,
  target: { repo: string; tag: string },
): Promise<void> {
  const what = `Importing ${path}`;
  const { size } = await stat(path);
  context.log(`POST /images/create?fromSrc=-&repo=${target.repo}&tag=${target.tag}`);
  const file = createReadStream(path);
  const counter = counted(size, context);
  file.on('error', (error) => counter.destroy(error));
  const output = lastLines();
  try {
    await follow(engine, context, what, {
      request: (abortSignal) => engine.docker.importImage(file.pipe(counter), { ...target, abortSignal }),
      answerMs: 0,
      silenceMs: 0,
      output: output.all,
      take(line) {
        if (line.status !== undefined) output.add(line.status);
      },
    });
  } finally {
    file.destroy();
  }
}

/** Passes bytes on and tells the first half of the progress by them. */
function counted(size: number, context: OperationContext): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      context.progress(Math.min(1, sent / Math.max(1, size)) / 2, 'Sending the archive');
      done(null, chunk);
    },
  });
}

/** Sends an archive to the engine. Returns the names and ids that it loaded. Nothing is sent of an archive that is damaged. */
export async function loadArchive(engine: Engine, context: OperationContext, path: string): Promise<string[]> {
  const what = `Loading ${path}`;
  checkPath(path, what);
  if (!existsSync(path)) throw new NovaError('not_found', `${what}: there is no such file.`);
  const { size } = await stat(path);
  const { names, images } = await imagesIn(path, what, context.signal);
  context.log(`POST /images/load (${images} images: ${names.join(', ') || 'without names'})`);
  const counter = counted(size, context);
  const file = createReadStream(path);
  file.on('error', (error) => counter.destroy(error));
  const layers = followLayers();
  const output = lastLines();
  const loaded: string[] = [];
  try {
    await follow(engine, context, what, {
      request: (abortSignal) => engine.docker.loadImage(file.pipe(counter), { quiet: false, abortSignal }),
      answerMs: 0,
      silenceMs: 0,
      output: output.all,
      take(line) {
        const said = /^Loaded image(?: ID)?: (\S+)/.exec(line.stream ?? '')?.[1];
        if (said !== undefined) loaded.push(said);
        const news = layers.take(line);
        if (news !== null) {
          output.add(news);
          context.log(news);
        }
        context.progress(0.5 + (layers.fraction() ?? 0) / 2, layers.text());
      },
    });
  } finally {
    file.destroy();
  }
  return loaded;
}

/** Writes images to a new file, which has its name only when it is whole. `bytes` is about how much will come. */
export async function saveArchive(
  engine: Engine,
  context: OperationContext,
  names: string[],
  path: string,
  bytes: number,
): Promise<void> {
  const what = `Saving ${names.join(', ')}`;
  checkPath(path, what);
  if (existsSync(path)) {
    throw new NovaError('already_exists', `${what}: ${path} is there already; choose another name.`);
  }
  const part = `${path}.${process.pid}-${Date.now()}.part`;
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  context.log(`GET /images/get?names=${names.join('&names=')}`);
  let got = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      got += chunk.length;
      context.progress(bytes > 0 ? Math.min(1, got / bytes) : null, `${got} bytes written`);
      done(null, chunk);
    },
  });
  try {
    const stream = await engine.ask<NodeJS.ReadableStream>(
      what,
      () => (engine.docker as unknown as ImageReader).getImages({ names, abortSignal: signal }),
      0,
    );
    const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
    // What fails on this machine is no answer of the engine.
    const written = pipeline(stream, counter, file, { signal }).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const failed = await engine.ask(what, () => written, 0);
    if (failed !== null) throw failed.error;
    // The engine can fail in the middle, after it has said that all is well.
    await imagesIn(part, what, context.signal);
    // A link does not write over what came there meanwhile, as a rename would.
    await link(part, path);
  } catch (error) {
    if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`, { cause: error });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST')
      throw new NovaError('already_exists', `${what}: ${path} is there already; choose another name.`);
    if (code === 'ENOENT')
      throw new NovaError('not_found', `${what}: there is no folder for ${path}.`, { cause: error });
    if (code === 'EACCES' || code === 'EROFS') {
      throw new NovaError('permission_denied', `${what}: ${path} can't be written.`, { cause: error });
    }
    if (code === 'ENOSPC') {
      throw new NovaError('resource_exhausted', `${what}: the disk of ${path} is full.`, {
        cause: error,
        details: { fixes: ['Free space there, or choose another disk.'] },
      });
    }
    throw mapDockerError(error, what);
  } finally {
    over.abort();
    await rm(part, { force: true });
  }
}
