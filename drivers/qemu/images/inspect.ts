import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorData, NovaError } from '../../errors.ts';
import type { ImageFormat, ReadAt } from './header/facts.ts';
import { parseHeader } from './header/parse.ts';

/** What our own look at an image file found. */
export type ImageFacts = { format: ImageFormat; virtualBytes: number; fileBytes: number };

function openImage(path: string): number {
  try {
    // Without O_NONBLOCK the open of a named pipe would wait for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      throw new NovaError('not_found', `There is no image file ${JSON.stringify(path)}.`, { cause, details: { path } });
    }
    throw new NovaError(
      errno === 'EACCES' ? 'permission_denied' : 'invalid_spec',
      `The image ${JSON.stringify(path)} cannot be read (${errno}).`,
      { cause, details: { path } },
    );
  }
}

/**
 * Looks at an image before any tool touches it. Throws `not_found`, `permission_denied`, or `invalid_spec` with the reason
 * why the image is not taken (backing files, data in other files, unknown features, absurd sizes, cut off).
 */
export function inspectImage(path: string, declared?: ImageFormat): ImageFacts {
  const fd = openImage(path);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) {
      throw new NovaError('invalid_spec', `The image ${JSON.stringify(path)} is not a regular file.`, {
        details: { path },
      });
    }
    const read: ReadAt = (offset, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(fd, buffer, 0, length, offset));
    };
    const header = parseHeader(read, facts.size, declared);
    if (!header.ok) {
      throw new NovaError('invalid_spec', `The image ${JSON.stringify(path)} is not taken: ${header.reason}.`, {
        details: { path, reason: header.reason },
      });
    }
    return { format: header.format, virtualBytes: header.virtualBytes, fileBytes: facts.size };
  } finally {
    closeSync(fd);
  }
}

/** As `inspectImage`, with the reason in place of the error. */
export function lookAtImage(path: string, declared?: ImageFormat): ImageFacts | { refused: string } {
  try {
    return inspectImage(path, declared);
  } catch (error) {
    return { refused: errorData(error).message };
  }
}

/** The virtual size that one of our own layers has, bytes. Its backing file is no reason to refuse it. Throws `conflict` when it is no qcow2. */
export function layerVirtualBytes(path: string): number {
  const fd = openImage(path);
  try {
    const head = Buffer.alloc(32);
    const length = readSync(fd, head, 0, 32, 0);
    if (length < 32 || head.toString('latin1', 0, 4) !== 'QFI\xfb') {
      throw new NovaError('conflict', `The disk layer ${path} is damaged: it is no qcow2 file any more.`, {
        details: { path },
      });
    }
    return Number(head.readBigUInt64BE(24));
  } finally {
    closeSync(fd);
  }
}
