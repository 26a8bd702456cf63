import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { configDirectory } from '../engine/endpoint.ts';

/** A context is several files: they are looked at when none has changed for so long, milliseconds. */
const calmMs = 300;
/** A watch can be refused (the kernel counts them) or lost with its file system: it is looked at anyway so often, milliseconds. */
const anywayMs = 30_000;

/** Folders in which the contexts' files lie, those that are there; in place of a missing configuration the folder that would hold it. */
function foldersOf(config: string): string[] {
  if (!existsSync(config)) return [dirname(config)];
  const contexts = join(config, 'contexts');
  const below = (folder: string): string[] => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name));
    } catch {
      return []; // it is not there yet
    }
  };
  const tls = below(join(contexts, 'tls'));
  return [
    config,
    ...[contexts, join(contexts, 'meta'), join(contexts, 'tls')].filter((folder) => existsSync(folder)),
    ...below(join(contexts, 'meta')),
    ...tls,
    ...tls.flatMap(below),
  ];
}

/** Calls `changed` when the user's Docker configuration may have changed, and now and then anyway. Returns what ends that; idempotent. */
export function watchContexts(env: Record<string, string | undefined>, changed: () => void): () => void {
  const config = configDirectory(env);
  const watchers = new Map<string, FSWatcher>();
  let calm: NodeJS.Timeout | undefined;
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const arm = (): void => {
    // All anew: a folder that was removed and made again has its name, and perhaps its inode, but is not what is watched.
    for (const folder of watchers.keys()) drop(folder);
    for (const folder of new Set(foldersOf(config))) {
      try {
        const watcher = watch(folder, { persistent: false }, (_kind, name) => {
          // A home directory has much else that changes.
          if (folder !== dirname(config) || name === null || name === basename(config)) soon();
        });
        watcher.on('error', () => {
          if (watchers.get(folder) === watcher) drop(folder);
          soon();
        });
        watchers.set(folder, watcher);
      } catch {
        // Refused, or gone again: the look at intervals sees what changes there.
      }
    }
  };
  const look = (): void => {
    arm();
    changed();
  };
  const soon = (): void => {
    clearTimeout(calm);
    calm = setTimeout(look, calmMs).unref();
  };
  const timer = setInterval(look, anywayMs).unref();
  arm();
  return () => {
    clearTimeout(calm);
    clearInterval(timer);
    for (const folder of watchers.keys()) drop(folder);
  };
}
