import type { Readable } from 'node:stream';
import type { FileEntry, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { endOnAbort } from '../engine/lines.ts';
import type { DockerEnvironment } from '../environment.ts';
import { follow } from './stat.ts';

/** The bytes of one file, or the engine's archive of a directory. */
export async function readFiles(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
  signal: AbortSignal,
): Promise<{ entry: FileEntry; content: AsyncIterable<Uint8Array> }> {
  const { engine } = environment;
  const { entry, containerId, path: real } = await follow(environment, ref, path);
  if (entry.kind === 'other')
    throw new NovaError('invalid_spec', `${path} in ${ref.name} is a device, pipe or socket; it can't be read.`, {
      details: { field: 'path' },
    });
  const what = `Reading ${path} of ${ref.name}`;
  const source = (await engine.ask(what, () =>
    engine.docker.getContainer(containerId).getArchive({ path: real }),
  )) as Readable;
  // The name that was asked for, not the one that a link leads to.
  const name = path.split('/').findLast((part) => part !== '') ?? '/';
  return {
    entry: { ...entry, name },
    content: entry.kind === 'directory' ? whole(source, what, signal) : oneFile(source, what, signal),
  };
}

async function* whole(source: Readable, what: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const end = endOnAbort(source, signal);
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (cause) {
    if (!signal.aborted) throw cut(what, cause);
  } finally {
    end();
  }
}

async function* oneFile(source: Readable, what: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const { extract } = await import('../../tar-stream.ts');
  const end = endOnAbort(source, signal);
  const archive = extract();
  // `pipe` tells its target nothing of a source that is cut off.
  source.once('close', () => {
    if (!source.readableEnded) archive.destroy(new Error('The engine closed the connection.'));
  });
  source.pipe(archive);
  try {
    for await (const entry of archive) {
      if (entry.header.type !== 'file') {
        entry.resume();
        continue;
      }
      for await (const chunk of entry) yield chunk as Uint8Array;
      return;
    }
  } catch (cause) {
    if (!signal.aborted) throw cut(what, cause);
  } finally {
    end();
  }
}

function cut(what: string, cause: unknown): NovaError {
  return new NovaError('engine_unavailable', `${what}: the engine cut it off.`, { cause, retryable: true });
}
