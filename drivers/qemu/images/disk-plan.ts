import { NovaError } from '../../errors.ts';
import type { BlockNode } from '../plan/block.ts';
import type { QemuSettings } from '../settings.ts';
import type { ImageFacts } from './inspect.ts';
import { imageArguments } from './verbs.ts';

/** One disk as a spec asks for it. */
export type DiskSettings = QemuSettings['disks'][number];

/** Size of a new disk for which none is given, bytes. */
const defaultDiskBytes = 10 * 1024 ** 3;
/** Disk sizes are whole sectors. */
const sectorBytes = 512;

/** A user's image as a node that is only read and follows nothing. */
export function imageNode(path: string, facts: ImageFacts): BlockNode {
  return {
    driver: facts.format,
    'read-only': true,
    file: { driver: 'file', filename: path },
    ...(facts.format === 'qcow2' ? { backing: null } : {}),
  };
}

/** A disk of our own, which has no layer beneath it yet. */
export function ownNode(path: string): BlockNode {
  return { driver: 'qcow2', file: { driver: 'file', filename: path } };
}

/** The size that a disk gets, bytes. Throws `invalid_spec` when its image does not fit into it. Pure. */
export function diskBytes(disk: DiskSettings, image: ImageFacts | null, index: number): number {
  const least = image?.virtualBytes ?? 0;
  const wanted = disk.sizeBytes ?? image?.virtualBytes ?? defaultDiskBytes;
  if (wanted < least) {
    throw new NovaError(
      'invalid_spec',
      `Disk ${index + 1} would be smaller (${wanted} bytes) than its image (${least} bytes). Give at least the image's size.`,
      { details: { field: `settings.disks.${index}.sizeBytes` } },
    );
  }
  return Math.ceil(wanted / sectorBytes) * sectorBytes;
}

/** What qemu-img is asked for a new disk at `path`, one entry a call. `image` is what was found of its image, null without one. Pure. */
export function diskArguments(disk: DiskSettings, image: ImageFacts | null, index: number, path: string): string[][] {
  const bytes = diskBytes(disk, image, index);
  if (disk.image === undefined || image === null) {
    return [imageArguments.create(path, bytes)];
  }
  if (disk.use === 'overlay') {
    return [imageArguments.overlay(path, { path: disk.image, format: image.format }, bytes)];
  }
  return [
    imageArguments.convert(imageNode(disk.image, image), path),
    ...(bytes > image.virtualBytes ? [imageArguments.grow(ownNode(path), bytes)] : []),
  ];
}
