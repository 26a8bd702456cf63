import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type ArchiveEntry, type ArchiveUse, createArchiveGuard } from './archive.ts';
import { NovaError } from './errors.ts';

/** The first block of a tar file, bytes. */
const blockBytes = 512;
/** Where a tar header says `ustar`. */
const magicOffset = 257;
/** More entries than any image has; an archive must not keep us busy for ever. */
const maxEntries = 200_000;
/** Largest file of an archive whose content is kept, bytes: lists are small. */
const keptLimitBytes = 4 * 1024 * 1024;

/** What a look through an archive found. */
export type ReadArchive = {
  entries: number;
  /** Content of the files that were asked for and are in it, by name. */
  kept: ReadonlyMap<string, Buffer>;
};

const isTar = (block: Buffer): boolean => block.subarray(magicOffset, magicOffset + 5).toString('latin1') === 'ustar';

/** By the first bytes, see the formats' documents: gzip RFC 1952, zstd RFC 8878. */
function decompressorOf(block: Buffer): Transform | null {
  if (block[0] === 0x1f && block[1] === 0x8b) return createGunzip();
  if (block.readUInt32LE(0) === 0xfd2fb528) return createZstdDecompress();
  return null;
}

async function firstBlock(path: string, subject: string): Promise<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw code === 'ENOENT'
      ? new NovaError('not_found', `${subject}: there is no such file.`, { cause, details: { field: 'path' } })
      : new NovaError('permission_denied', `${subject}: it can not be read: ${String(code)}.`, { cause });
  }
  try {
    const block = Buffer.alloc(blockBytes);
    await handle.read(block, 0, blockBytes, 0);
    return block;
  } finally {
    await handle.close();
  }
}

const plainTypes = new Set(['file', 'directory', 'symlink', 'link']);
/** Headers about the entry behind them, and the old name of a file. */
const metaTypes = new Set(['pax-header', 'pax-global-header', 'gnu-long-path', 'gnu-long-link-path']);

function entryOf(header: { name: string; type?: string | null; linkname?: string | null }): ArchiveEntry | null {
  const type = header.type ?? 'file';
  if (metaTypes.has(type)) return null;
  const known = type === 'contiguous-file' ? 'file' : plainTypes.has(type) ? (type as ArchiveEntry['type']) : 'other';
  return { name: header.name, type: known, ...(header.linkname ? { linkName: header.linkname } : {}) };
}

/**
 * Reads an archive through before any engine gets it: a tar file, packed by gzip or zstd or not at all. Null for a file that is none.
 * Throws `invalid_spec` for one that is damaged or has an entry that leads out (see `createArchiveGuard`), `not_found`,
 * `permission_denied`, `cancelled`. `keep` names files whose content is wanted.
 */
export async function readArchive(
  path: string,
  options: { subject: string; use: ArchiveUse; signal: AbortSignal; keep?: readonly string[] },
): Promise<ReadArchive | null> {
  const { subject, use, signal, keep = [] } = options;
  const block = await firstBlock(path, subject);
  const decompressor = decompressorOf(block);
  if (decompressor === null && !isTar(block)) return null;
  // Loaded with its first use: few sessions import anything.
  const { extract } = await import('./tar-stream.ts');
  const archive = extract();
  const guard = createArchiveGuard(subject, use);
  const refused = new AbortController();
  const kept = new Map<string, Buffer>();
  let entries = 0;
  // These streams tell an abort once more, each by itself; the pipeline's word is the one that counts.
  archive.on('error', () => undefined);
  archive.on('entry', (header, stream, next) => {
    stream.on('error', () => undefined);
    entries += 1;
    let name = '';
    try {
      if (entries > maxEntries) {
        throw new NovaError('invalid_spec', `${subject}: it holds more than ${maxEntries} entries.`);
      }
      const entry = entryOf(header);
      name = entry === null ? '' : guard(entry).path;
    } catch (error) {
      refused.abort(error);
      return;
    }
    const wanted = header.type === 'file' && keep.includes(name) && (header.size ?? 0) <= keptLimitBytes;
    const pieces: Buffer[] = [];
    if (wanted) stream.on('data', (piece) => pieces.push(piece as Buffer));
    stream.on('end', () => {
      if (wanted) kept.set(name, Buffer.concat(pieces));
      next();
    });
    stream.resume();
  });
  const file = createReadStream(path);
  const either = AbortSignal.any([signal, refused.signal]);
  try {
    await (decompressor === null
      ? pipeline(file, archive, { signal: either })
      : pipeline(file, decompressor, archive, { signal: either }));
  } catch (error) {
    if (refused.signal.aborted) throw refused.signal.reason;
    if (signal.aborted) throw new NovaError('cancelled', `${subject}: it was cancelled.`);
    throw new NovaError(
      'invalid_spec',
      `${subject}: the archive is damaged (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error, details: { field: 'path' } },
    );
  }
  return { entries, kept };
}
