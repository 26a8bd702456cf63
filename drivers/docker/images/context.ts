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
  const parts = await collect(folder, recipe, signal);
  const tar = pack();
  const fill = async (): Promise<void> => {
    for (const { path, kind, size, mode, mtime } of parts) {
      signal.throwIfAborted();
      // Owners of this machine mean nothing in an image.
      const header = { name: path, mode, mtime, uid: 0, gid: 0 };
      if (kind === 'file') {
        const entry = tar.entry({ ...header, size });
        // A file that grew meanwhile would break the archive.
        await pipeline(createReadStream(join(folder, path), size === 0 ? {} : { end: size - 1 }), entry);
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
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
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
