import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { NovaError } from '../../errors.ts';

/** The list of images in an archive is small; a larger one is none. */
const listLimitBytes = 4 * 1024 * 1024;
const listSchema = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }));

/** What is in an archive of images. */
export type ArchiveList = { names: string[]; images: number };

/** True where the path of an entry, or the target of a link, stays within the archive's own folder. Pure. */
export function staysInside(path: string): boolean {
  const normal = posix.normalize(path);
  return !posix.isAbsolute(normal) && normal !== '..' && !normal.startsWith('../') && !path.includes('\0');
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/**
 * Reads the list of an archive before an engine is given it, and checks the path of every entry. Throws `invalid_spec` on
 * an archive that is cut, holds no images, or would lead outside itself.
 */
export async function checkArchive(path: string, what: string, signal: AbortSignal): Promise<ArchiveList> {
  const bad = (reason: string, cause?: unknown): NovaError =>
    new NovaError('invalid_spec', `${what}: ${reason}`, {
      details: { fixes: ['Give an archive that `docker save` or NovaCron wrote.'] },
      ...(cause === undefined ? {} : { cause }),
    });
  const entries = extract();
  const file = createReadStream(path);
  const fail = (error: Error): void => {
    entries.destroy(error);
  };
  file.on('error', fail);
  if (await isGzip(path)) {
    const gunzip = createGunzip();
    gunzip.on('error', fail);
    file.pipe(gunzip).pipe(entries);
  } else {
    file.pipe(entries);
  }
  const stop = (): void => fail(new Error('cancelled'));
  signal.addEventListener('abort', stop, { once: true });
  let list: z.infer<typeof listSchema> | null = null;
  try {
    for await (const entry of entries) {
      const { name, linkname, type, size } = entry.header;
      if (!staysInside(name)) throw bad(`the entry ${JSON.stringify(name)} leads out of the archive.`);
      // A hard link counts from the root of the archive, a symbolic one from its own folder.
      const target = type === 'link' ? linkname : linkname && posix.join(posix.dirname(name), linkname);
      if (linkname && target && (posix.isAbsolute(linkname) || !staysInside(target))) {
        throw bad(`the link ${JSON.stringify(name)} leads out of the archive.`);
      }
      if (name !== 'manifest.json' || type !== 'file' || size > listLimitBytes) {
        entry.resume();
        continue;
      }
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      const parsed = listSchema.safeParse(JSON.parse(Buffer.concat(parts).toString('utf8')));
      if (parsed.success) list = parsed.data;
    }
  } catch (error) {
    if (signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`);
    throw error instanceof NovaError ? error : bad('it is no archive of images, or it was cut.', error);
  } finally {
    signal.removeEventListener('abort', stop);
    file.destroy();
  }
  if (list === null) throw bad('it holds no list of images (manifest.json).');
  return { names: list.flatMap((image) => image.RepoTags ?? []), images: list.length };
}
