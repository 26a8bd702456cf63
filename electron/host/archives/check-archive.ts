import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { NovaError } from '../../../drivers/errors.ts';
import { entryFault } from './entry.ts';

/** The first block of a tar file, bytes. */
const blockBytes = 512;
/** Where a tar header says `ustar`. */
const magicOffset = 257;
/** More entries than any image has; an archive must not keep the host busy for ever. */
const maxEntries = 200_000;

const isTar = (block: Buffer): boolean => block.subarray(magicOffset, magicOffset + 5).toString('latin1') === 'ustar';

/** By the first bytes, see the formats' documents: gzip RFC 1952, zstd RFC 8878. */
function decompressorOf(block: Buffer): Transform | null {
  if (block[0] === 0x1f && block[1] === 0x8b) return createGunzip();
  if (block.readUInt32LE(0) === 0xfd2fb528) return createZstdDecompress();
  return null;
}

async function firstBlock(path: string): Promise<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw code === 'ENOENT'
      ? new NovaError('not_found', `There is no file ${path}.`, { cause, details: { field: 'path' } })
      : new NovaError('permission_denied', `${path} can not be read: ${String(code)}.`, { cause });
  }
  try {
    const block = Buffer.alloc(blockBytes);
    await handle.read(block, 0, blockBytes, 0);
    return block;
  } finally {
    await handle.close();
  }
}

/**
 * Reads an archive through before any engine gets it. Throws `invalid_spec` for one with an entry that leads out of
 * its folder, `not_found`, `permission_denied`, `cancelled`. A file that is no tar archive, packed by gzip or zstd or
 * not at all, is no matter of this check.
 */
export async function checkArchive(path: string, signal: AbortSignal): Promise<void> {
  const block = await firstBlock(path);
  const decompressor = decompressorOf(block);
  if (decompressor === null && !isTar(block)) {
    return;
  }
  // Loaded with its first use: few sessions import anything.
  const { extract } = await import('tar-stream');
  const entries = extract();
  const refused = new AbortController();
  let count = 0;
  // These streams tell an abort once more, each by itself; the pipeline's word is the one that counts.
  entries.on('error', () => undefined);
  entries.on('entry', (header, stream, next) => {
    stream.on('error', () => undefined);
    count += 1;
    const fault =
      count > maxEntries
        ? `holds more than ${maxEntries} entries`
        : entryFault({ name: header.name, type: header.type ?? 'file', linkname: header.linkname ?? null });
    if (fault !== null) {
      const error = new NovaError(
        'invalid_spec',
        `${path} was refused: it ${fault} (${JSON.stringify(header.name)}).`,
        {
          details: { field: 'path', entry: header.name.slice(0, 200) },
        },
      );
      refused.abort(error);
      return;
    }
    stream.on('end', () => next());
    stream.resume();
  });
  const file = createReadStream(path);
  const either = AbortSignal.any([signal, refused.signal]);
  try {
    await (decompressor === null
      ? pipeline(file, entries, { signal: either })
      : pipeline(file, decompressor, entries, { signal: either }));
  } catch (error) {
    if (refused.signal.aborted) throw refused.signal.reason;
    if (signal.aborted) throw new NovaError('cancelled', `Reading ${path} was cancelled.`);
    throw new NovaError(
      'invalid_spec',
      `${path} was refused: it is damaged (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error, details: { field: 'path' } },
    );
  }
}
