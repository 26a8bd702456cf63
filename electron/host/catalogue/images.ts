import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { OperationContext } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { GiB, resourcesSchema } from '../../../drivers/spec.ts';
import { type CatalogueEntry, idSchema } from '../../bridge/schemas.ts';
import type { Prepared } from './catalogue.ts';
import { findChecksum } from './download/checksums.ts';
import { download } from './download/download.ts';
import type { DownloadPolicy } from './download/policy.ts';
import { fetchText } from './download/small.ts';

const imageSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(['disk', 'iso']),
  format: z.enum(['raw', 'qcow2']),
  url: z.string(),
  /** The publisher's list of checksums: images behind "latest" addresses change, so none can be written down here. */
  checksumsUrl: z.string(),
  /** Shown before the download; about right. */
  sizeBytes: z.number().nullable(),
  login: z.string().nullable(),
  /** Size of the machine's own disk. */
  diskBytes: z.number(),
  resources: resourcesSchema,
});
/** One image of `resources/catalogue.json`. */
export type CatalogueImage = z.infer<typeof imageSchema>;

/** No cloud image is near this; a server that sends without end is stopped here. */
const maxImageBytes = 20 * GiB;
/** Lists of checksums of a whole release stay far below. */
const maxListBytes = 1024 * 1024;

/** Reads the catalogue file. It is part of the application, so a broken one is an `internal` error. */
export async function readImages(path: string): Promise<CatalogueImage[]> {
  const parsed = z.array(imageSchema).safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new NovaError('internal', `The catalogue ${path} is not valid: ${parsed.error.message}`);
  return parsed.data;
}

/** How an image stands in the catalogue. */
export async function imageEntry(cacheDirectory: string, image: CatalogueImage): Promise<CatalogueEntry> {
  return {
    id: image.id,
    name: image.name,
    ready: await isFile(fileOf(cacheDirectory, image)),
    unavailable: null,
    kind: image.kind,
    sizeBytes: image.sizeBytes,
    login: image.login,
    resources: image.resources,
  };
}

/** Downloads an image where needed and gives the settings of a machine that boots it. */
export async function prepareImage(
  context: OperationContext,
  cacheDirectory: string,
  image: CatalogueImage,
  policy: DownloadPolicy,
): Promise<Prepared> {
  const target = fileOf(cacheDirectory, image);
  if (!(await isFile(target))) {
    await mkdir(join(target, '..'), { recursive: true });
    context.progress(null, 'Asking for the checksum');
    const list = await fetchText(image.checksumsUrl, maxListBytes, policy, context.signal);
    const checksum = findChecksum(list, basename(new URL(image.url).pathname));
    if (checksum === null) {
      throw new NovaError('conflict', `The publisher's list ${image.checksumsUrl} names no checksum for ${image.url}.`);
    }
    await download(context, { url: image.url, target, checksum, maxBytes: maxImageBytes }, policy);
  }
  const settings =
    image.kind === 'iso'
      ? { cdrom: target, disks: [{ sizeBytes: image.diskBytes }], bootOrder: ['disk', 'cdrom'] }
      : { disks: [{ image: target, format: image.format, use: 'overlay', sizeBytes: image.diskBytes }] };
  return { settings, resources: image.resources };
}

function fileOf(cacheDirectory: string, image: CatalogueImage): string {
  return join(cacheDirectory, 'images', image.id, basename(new URL(image.url).pathname));
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
