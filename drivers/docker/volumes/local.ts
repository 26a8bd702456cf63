import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { Engine } from '../engine/engine.ts';

/**
 * Whether a folder of the engine's machine can be read and written by this process itself: through the engine the same costs two
 * containers and an archive each way. Only for folders whose name carries an id, so that it is the same folder and not one of that name.
 */
export async function isOurs(engine: Pick<Engine, 'endpoint'>, folder: string): Promise<boolean> {
  if (engine.endpoint.socketPath === undefined) return false;
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return (await stat(folder)).isDirectory();
  } catch {
    return false; // another machine's, or another user's
  }
}

/** The sizes of the files of a folder, by name. */
export async function fileSizes(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, (await stat(`${folder}/${name}`)).size] as const)));
}

/**
 * Gives the files of a folder a place in another as well, which is made where it is missing. Copies them where both are not on one file
 * system. Files that are there are replaced.
 */
export async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await Promise.all(
    (await readdir(from, { withFileTypes: true })).map(async (entry) => {
      const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
      if (entry.isDirectory()) return linkFolder(source, target);
      await rm(target, { force: true });
      try {
        await link(source, target);
      } catch {
        // Another file system, or one without such names.
        await copyFile(source, target, constants.COPYFILE_FICLONE);
      }
    }),
  );
}

/** Removes a folder with what is in it. Idempotent. */
export async function dropFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
