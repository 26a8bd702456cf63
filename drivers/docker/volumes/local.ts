import { constants } from 'node:fs';
import { access, cp, readdir, stat } from 'node:fs/promises';
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

/** Copies a folder with what is in it. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, errorOnExist: false, force: true, mode: constants.COPYFILE_FICLONE });
}
