import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { NovaError } from '../../drivers/errors.ts';

/** Where a host keeps its files. */
export type Directories = {
  /** Inventory, machines, logs. */
  data: string;
  /** Sockets; short, so that a socket address stays under its limit. */
  runtime: string;
  /** What can be made or fetched again. */
  cache: string;
};

/** The longest runtime directory: a socket address has 104 bytes on macOS, and drivers add an id and a name. */
const maxRuntimeLength = 60;

/**
 * The directories for an environment: everything under `$NOVACRON_HOME` where it is set, else the XDG directories.
 * Pure. A runtime directory that would be too long is replaced by a short one under /tmp named by a hash of the data
 * directory and the user.
 */
export function resolveDirectories(env: Record<string, string | undefined>): Directories {
  const home = env.HOME && isAbsolute(env.HOME) ? env.HOME : homedir();
  const xdg = (name: string, fallback: string) => {
    const value = env[name];
    // The XDG specification: a relative path is to be ignored.
    return value && isAbsolute(value) ? value : fallback;
  };
  const all = env.NOVACRON_HOME ? resolve(env.NOVACRON_HOME) : null;
  const data = all ? join(all, 'data') : join(xdg('XDG_DATA_HOME', join(home, '.local', 'share')), 'novacron');
  const cache = all ? join(all, 'cache') : join(xdg('XDG_CACHE_HOME', join(home, '.cache')), 'novacron');
  const preferred = all
    ? join(all, 'run')
    : env.XDG_RUNTIME_DIR && isAbsolute(env.XDG_RUNTIME_DIR)
      ? join(env.XDG_RUNTIME_DIR, 'novacron')
      : null;
  const runtime =
    preferred !== null && Buffer.byteLength(preferred) < maxRuntimeLength ? preferred : shortRuntime(data);
  return { data, runtime, cache };
}

function shortRuntime(data: string): string {
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 12);
  const user = process.getuid?.() ?? 'user';
  const base = Buffer.byteLength(tmpdir()) <= 24 ? tmpdir() : '/tmp';
  return join(base, `novacron-${user}-${hash}`);
}

/**
 * Makes the directories, mode 0700. Throws `permission_denied` when the runtime directory belongs to somebody else:
 * its place under /tmp could have been taken by another user.
 */
export function makeDirectories(directories: Directories): void {
  for (const path of [directories.data, directories.runtime, directories.cache]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  const found = lstatSync(directories.runtime);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    throw new NovaError(
      'permission_denied',
      `The runtime directory ${directories.runtime} belongs to another user. Remove it, or set NOVACRON_HOME.`,
    );
  }
  chmodSync(directories.runtime, 0o700);
}
