import { createReadStream, existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { NovaError } from '../../errors.ts';
import { type Ignore, parseIgnore } from './ignore.ts';

/** One thing to send to a build. `size` is 0 for what is no file. */
type Part = { path: string; kind: 'file' | 'directory' | 'symlink'; size: number; mode: number; mtime: Date };

/** The files of a build as a tar stream. */
export type BuildContext = { stream: Pack; bytes: number; files: number };

async function rules(folder: string, recipe: string): Promise<Ignore> {
  // A file beside the recipe goes before the folder's own, as the docker command has it.
  const own = join(folder, `${recipe}.dockerignore`);
  const path = existsSync(own) ? own : join(folder, '.dockerignore');
  return parseIgnore(existsSync(path) ? await readFile(path, 'utf8') : '');
}

async function collect(folder: string, recipe: string, signal: AbortSignal): Promise<Part[]> {
  const ignore = await rules(folder, recipe);
  // The engine needs both even where a rule leaves them out.
  const always = new Set([recipe, '.dockerignore']);
  const parts: Part[] = [];
  const walk = async (directory: string): Promise<void> => {
    for (const name of (await readdir(join(folder, directory))).sort()) {
      signal.throwIfAborted();
      const path = directory === '' ? name : `${directory}/${name}`;
      const stat = await lstat(join(folder, path));
      const left = ignore.ignores(path) && !always.has(path);
      const fact = { path, mode: stat.mode & 0o7777, mtime: stat.mtime };
      if (stat.isDirectory()) {
        if (!left) parts.push({ ...fact, kind: 'directory', size: 0 });
        if (!left || ignore.hasExceptions || recipe.startsWith(`${path}/`)) await walk(path);
      } else if (left) continue;
      else if (stat.isFile()) parts.push({ ...fact, kind: 'file', size: stat.size });
      // Sockets, pipes and devices are nothing to build from.
      else if (stat.isSymbolicLink()) parts.push({ ...fact, kind: 'symlink', size: 0 });
    }
  };
  await walk('');
  return parts;
}

/** What to throw of a file of the user's that can't be sent: in the engine's place an errno would mean its socket. */
function unreadable(path: string, cause: unknown, signal: AbortSignal): Error {
  if (cause instanceof NovaError) return cause;
  const { code, message, path: at = path } = cause as NodeJS.ErrnoException;
  if (signal.aborted) return new NovaError('cancelled', 'The build was cancelled.', { cause });
  if (code === 'EACCES' || code === 'EPERM') {
    const fixes = ['Give yourself the right to read it, or name it in .dockerignore.'];
    return new NovaError('permission_denied', `${at} can't be read.`, { cause, details: { field: 'path', fixes } });
  }
  return code === 'ENOENT'
    ? changed(at, 'was removed', cause)
    : new NovaError('invalid_spec', `${at} can't be read: ${message}.`, { cause });
}

function changed(path: string, how: string, cause?: unknown): NovaError {
  return new NovaError('conflict', `${path} ${how} while the folder was being sent.`, {
    cause,
    details: { fixes: ['Build again when nothing writes there, or name it in .dockerignore.'] },
  });
}

/** The bytes of a file, as many as were told: one that grew meanwhile would break the archive, as one that shrank. */
async function* fileBytes(path: string, size: number, signal: AbortSignal): AsyncIterable<Uint8Array> {
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, size === 0 ? {} : { end: size - 1 })) {
      read += (chunk as Buffer).length;
      // Empty when it was told, and not any more.
      if (read > size) break;
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw unreadable(path, cause, signal);
  }
  if (read !== size) throw changed(path, 'changed its length');
}

/**
 * Packs a folder for a build, without what .dockerignore leaves out; links are sent as links and never followed. Throws
 * `not_found` without the folder or its recipe. The reader closes the stream; a file that changes its length meanwhile
 * fails the stream.
 */
export async function packContext(
  folder: string,
  recipe: string,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<BuildContext> {
  if (!existsSync(folder)) throw new NovaError('not_found', `There is no folder ${folder}.`);
  if (!existsSync(join(folder, recipe))) {
    throw new NovaError('not_found', `There is no ${recipe} in ${folder}; it says how the image is built.`, {
      details: { field: 'recipe' },
    });
  }
  const parts = await collect(folder, recipe, signal).catch((cause: unknown) => {
    throw unreadable(folder, cause, signal);
  });
  const tar = pack();
  let at = folder;
  const fill = async (): Promise<void> => {
    for (const { path, kind, size, mode, mtime } of parts) {
      signal.throwIfAborted();
      at = join(folder, path);
      // Owners of this machine mean nothing in an image.
      const header = { name: path, mode, mtime, uid: 0, gid: 0 };
      if (kind === 'file') {
        const entry = tar.entry({ ...header, size });
        await pipeline(fileBytes(at, size, signal), entry);
        sent(size);
      } else if (kind === 'directory') {
        await new Promise<void>((resolve, reject) => {
          tar.entry({ ...header, type: 'directory' }, (error) => (error ? reject(error) : resolve()));
        });
      } else {
        const linkname = await readlink(join(folder, path));
        await new Promise<void>((resolve, reject) => {
          tar.entry({ ...header, type: 'symlink', linkname }, (error) => (error ? reject(error) : resolve()));
        });
      }
    }
    tar.finalize();
  };
  fill().catch((cause: unknown) => tar.destroy(unreadable(at, cause, signal)));
  return {
    stream: tar,
    bytes: parts.reduce((sum, part) => sum + part.size, 0),
    files: parts.filter((part) => part.kind === 'file').length,
  };
}

/** The recipe's path within the folder, written with `/`. Throws `invalid_spec` for one that leads out of it. Pure. */
export function recipeInside(folder: string, recipe: string): string {
  const inside = relative(folder, resolve(folder, recipe));
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw new NovaError('invalid_spec', `${recipe} is not in the folder ${folder}.`, { details: { field: 'recipe' } });
  }
  return inside.split(sep).join('/');
}
