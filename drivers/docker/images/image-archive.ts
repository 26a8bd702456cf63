import { z } from 'zod';
import type { ArchiveUse } from '../../archive.ts';
import { NovaError } from '../../errors.ts';
import { readArchive } from '../../read-archive.ts';

/** The list of the images in an archive, as `docker save` writes it. */
const listName = 'manifest.json';
/** Says that the archive is an OCI image layout (image-layout.md of the OCI image specification). */
const layoutName = 'oci-layout';
const listSchema = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() }));

/** What an archive holds: images with their list, or the files of one root file system. */
export type ArchiveContent = { kind: 'images'; names: string[]; images: number } | { kind: 'root' };

function listOf(content: Buffer | undefined): z.infer<typeof listSchema> | null {
  if (content === undefined) return null;
  try {
    return listSchema.parse(JSON.parse(content.toString('utf8')));
  } catch {
    // A file of that name that a root file system has.
    return null;
  }
}

/**
 * Reads an archive before an engine is given it. Throws `invalid_spec` on one that is cut, that would lead outside itself, or
 * that is no archive; the engine could tell the first only after it has unpacked a part.
 */
export async function readImageArchive(
  path: string,
  what: string,
  use: ArchiveUse,
  signal: AbortSignal,
): Promise<ArchiveContent> {
  const read = await readArchive(path, { subject: what, use, signal, keep: [listName, layoutName] });
  const bad = (reason: string): NovaError =>
    new NovaError('invalid_spec', `${what}: ${reason}`, {
      details: { field: 'path', fixes: ['Give an archive that `docker save` or NovaCron wrote.'] },
    });
  if (read === null || read.entries === 0) throw bad('it is no tar archive, or an empty one.');
  const list = listOf(read.kept.get(listName));
  if (list === null && read.kept.has(layoutName)) throw bad(`it holds no list of images (${listName}).`);
  return list === null
    ? { kind: 'root' }
    : { kind: 'images', names: list.flatMap((image) => image.RepoTags ?? []), images: list.length };
}
