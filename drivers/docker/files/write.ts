import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack, Header as WholeHeader } from 'tar-stream';
import { type ArchiveEntry, createArchiveGuard } from '../../archive.ts';
import type { WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { mapDockerError } from '../engine/map-error.ts';
import { type DockerEnvironment, isGone } from '../environment.ts';
import { follow, lookAt, outOfReach } from './stat.ts';
import { unseenMount } from './unseen.ts';

/** Mode of a new file. */
const newMode = 0o644;

/** What an entry is given; the rest is filled in. */
type Header = Partial<WholeHeader> & { name: string };

type WriteOptions = { sizeBytes: number; mode?: number; archive?: boolean };

/** Writes one file, or unpacks a checked archive. */
export async function writeFiles(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteOptions,
  signal: AbortSignal,
): Promise<void> {
  const what = `Writing ${path} in ${ref.name}`;
  const { pack } = await import('../../tar-stream.ts');
  const archive = pack();
  if (options.archive) {
    const into = await directoryAt(environment, ref, path);
    await send(environment, what, into, archive, () => repack(archive, content, options.sizeBytes, what), signal);
    return;
  }
  const plain = path.replace(/\/+$/, '');
  const cut = plain.lastIndexOf('/');
  const name = plain.slice(cut + 1);
  if (name === '' || name === '.') throw refused(what, 'a file needs a name.');
  const into = await directoryAt(environment, ref, plain.slice(0, cut) || '/');
  const header = await headerOf(environment, ref, `${into.path === '/' ? '' : into.path}/${name}`, what);
  await send(
    environment,
    what,
    into,
    archive,
    async () => {
      await addEntry(
        archive,
        { ...header, name, size: options.sizeBytes, type: 'file', mode: options.mode ?? header.mode ?? newMode },
        exactly(content, options.sizeBytes, what),
      );
      archive.finalize();
    },
    signal,
  );
}

type Place = { containerId: string; path: string };

async function directoryAt(environment: DockerEnvironment, ref: WorkloadRef, path: string): Promise<Place> {
  const { entry, containerId, path: real, info } = await follow(environment, ref, path);
  const unseen = unseenMount(info, real);
  if (unseen !== null) throw outOfReach(ref.name, path, unseen);
  if (entry.kind !== 'directory') throw refused(`Writing into ${path} in ${ref.name}`, 'it is no directory.');
  return { containerId, path: real };
}

/** Owner and mode of what stands there already, so that a program still may read its file. */
async function headerOf(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
  what: string,
): Promise<{ mode?: number; uid?: number; gid?: number }> {
  try {
    const { entry, containerId } = await lookAt(environment, ref, path);
    if (entry.kind === 'directory') throw refused(what, 'a directory stands there.');
    if (entry.kind !== 'file') return {};
    const { extract } = await import('../../tar-stream.ts');
    const { engine } = environment;
    const source = (await engine.ask(what, () =>
      engine.docker.getContainer(containerId).getArchive({ path }),
    )) as Readable;
    source.on('error', () => undefined);
    try {
      for await (const one of source.pipe(extract())) {
        const { mode, uid, gid } = one.header;
        return { mode: mode ?? newMode, uid: uid ?? 0, gid: gid ?? 0 };
      }
    } finally {
      source.destroy();
    }
    return {};
  } catch (error) {
    if (isGone(error)) return {};
    throw error;
  }
}

/** Sends what `fill` packs to the engine. A failure of either side ends the other. */
async function send(
  environment: DockerEnvironment,
  what: string,
  into: Place,
  archive: Pack,
  fill: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = environment;
  const failed = new AbortController();
  // Ours is the one that explains the other side's.
  let failure: unknown = null;
  const filled = fill().catch((error: unknown) => {
    failure = error;
    failed.abort();
  });
  try {
    await engine.ask(
      what,
      () =>
        engine.docker.getContainer(into.containerId).putArchive(Readable.from(archive as AsyncIterable<Uint8Array>), {
          path: into.path,
          noOverwriteDirNonDir: 'true',
          abortSignal: AbortSignal.any([signal, failed.signal]),
        }),
      0,
    );
    await filled;
  } catch (error) {
    if (failure === null && !signal.aborted) throw mapDockerError(error, what);
  } finally {
    archive.destroy();
  }
  if (signal.aborted) throw new NovaError('cancelled', `${what} was given up; a part of it may stand there.`);
  if (failure !== null) throw failure instanceof NovaError ? failure : mapDockerError(failure, what);
}

async function addEntry(archive: Pack, header: Header, content: AsyncIterable<Uint8Array> | null): Promise<void> {
  if (content === null || (header.size ?? 0) === 0) {
    // An empty file has a stream that is over at once; it is asked all the same, so that a longer one is found out.
    if (content !== null) for await (const _ of content);
    await new Promise<void>((resolve, reject) => {
      archive.entry({ ...header, size: 0 }, '', (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    return;
  }
  await pipeline(Readable.from(content), archive.entry(header));
}

/** The content, refused when it is longer or shorter than what was told. */
async function* exactly(
  content: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  what: string,
): AsyncIterable<Uint8Array> {
  let taken = 0;
  for await (const chunk of content) {
    taken += chunk.length;
    if (taken > sizeBytes) throw refused(what, `more came than the ${sizeBytes} bytes that were told.`);
    if (chunk.length > 0) yield chunk;
  }
  if (taken < sizeBytes) throw refused(what, `only ${taken} of ${sizeBytes} bytes came.`);
}

const types: Record<string, ArchiveEntry['type']> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'link',
};

/** Reads an archive, checks each entry and packs it anew: the engine sees only what was understood. */
async function repack(
  target: Pack,
  content: AsyncIterable<Uint8Array>,
  mostBytes: number,
  what: string,
): Promise<void> {
  const { extract } = await import('../../tar-stream.ts');
  const guard = createArchiveGuard(what);
  const source = Readable.from(upTo(content, mostBytes, what));
  const archive = extract();
  source.once('error', (error) => archive.destroy(error));
  source.pipe(archive);
  for await (const entry of archive) {
    const { name, mode, uid, gid, mtime, size, linkname } = entry.header;
    const type = types[entry.header.type ?? 'file'] ?? 'other';
    const { path } = guard({ name, type, ...(linkname ? { linkName: linkname } : {}) });
    if (path === '') {
      entry.resume();
      continue;
    }
    const header: Header = {
      name: path,
      type: type === 'other' ? 'file' : type,
      ...(mode === undefined ? {} : { mode }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(mtime === undefined ? {} : { mtime }),
      ...(linkname ? { linkname } : {}),
    };
    if (type === 'file') await addEntry(target, { ...header, size: size ?? 0 }, entry as AsyncIterable<Uint8Array>);
    else {
      entry.resume();
      await addEntry(target, header, null);
    }
  }
  target.finalize();
}

async function* upTo(content: AsyncIterable<Uint8Array>, mostBytes: number, what: string): AsyncIterable<Uint8Array> {
  let taken = 0;
  for await (const chunk of content) {
    taken += chunk.length;
    if (taken > mostBytes) throw refused(what, `the archive is larger than ${mostBytes} bytes.`);
    yield chunk;
  }
}

function refused(what: string, why: string): NovaError {
  return new NovaError('invalid_spec', `${what}: ${why}`, { details: { field: 'path' } });
}
