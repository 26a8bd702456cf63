import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { NovaError } from '../../drivers/errors.ts';
import type { PathInfo } from '../bridge/contract.ts';

/** Entries that one answer lists; more can be reached by typing the path. */
const most = 1000;

/** Where a client may look: the user's own files, and where disks of others are mounted. */
export function browsable(): string[] {
  return [homedir(), '/media', '/mnt', '/run/media', '/Volumes'];
}

/**
 * What stands at a path. `roots` bound it, by what the path really is behind its links; the first one is the default.
 * Throws `permission_denied` outside of them and where the system refuses.
 */
export async function readPath(path: string | undefined, roots: readonly string[]): Promise<PathInfo> {
  const wanted = resolve(path ?? roots[0] ?? '/');
  if (!within(wanted, roots)) throw refused(wanted);
  const found = await stat(wanted).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw refused(wanted, error);
  });
  const above = dirname(wanted);
  const info: PathInfo = {
    path: wanted,
    kind: 'missing',
    parent: within(above, roots) ? above : null,
    sizeBytes: null,
    entries: [],
    truncated: false,
  };
  if (found === null) return info;
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  if (!within(await realpath(wanted), realRoots)) throw refused(wanted);
  if (found.isFile()) return { ...info, kind: 'file', sizeBytes: found.size };
  if (!found.isDirectory()) return { ...info, kind: 'other' };
  const names = await readdir(wanted).catch((error: unknown) => {
    throw refused(wanted, error);
  });
  const shown = names.filter((name) => !name.startsWith('.')).sort((a, b) => a.localeCompare(b));
  const entries = await Promise.all(shown.slice(0, most).map((name) => entryOf(join(wanted, name), name)));
  return {
    ...info,
    kind: 'directory',
    entries: entries
      .filter((entry) => entry !== null)
      .sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file')),
    truncated: shown.length > most,
  };
}

/** A folder or a file; null for what is neither or can't be looked at. */
async function entryOf(path: string, name: string): Promise<PathInfo['entries'][number] | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return { name, kind: 'directory', sizeBytes: null };
  return found?.isFile() ? { name, kind: 'file', sizeBytes: found.size } : null;
}

function within(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function refused(path: string, cause?: unknown): NovaError {
  return new NovaError(
    'permission_denied',
    `${path} can't be looked at from here. Files under your home directory and on mounted disks can; any other path can be typed.`,
    cause === undefined ? {} : { cause },
  );
}
