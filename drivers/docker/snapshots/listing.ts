import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FileDifference } from '../../driver.ts';

/** What a file is and holds, as text to compare, and its size. */
export type Listed = { what: string; bytes: number };
/** The files of one point by path. */
export type Listing = Map<string, Listed>;

/** Most files that are told. */
const mostFiles = 1000;
/** Folders and files that the engine makes for each run and that belong to no layer. */
const engineOwn = /^\/(?:(?:dev|proc|sys)(?:\/|$)|\.dockerenv$|etc\/(?:hosts|hostname|resolv\.conf|mtab)$)/;

/** Reads a tar archive to its end: every file with kind, mode, owner, link and the hash of what it holds, below `at`. Times are left out: a touch is no change. */
export async function listArchive(archive: NodeJS.ReadableStream, at: string, into: Listing): Promise<void> {
  const { extract } = await import('../../tar-stream.ts');
  const reader = extract();
  const source = Readable.from(archive as AsyncIterable<Uint8Array>);
  source.on('error', (error) => reader.destroy(error));
  source.pipe(reader);
  for await (const entry of reader) {
    const hash = createHash('sha1');
    for await (const chunk of entry) hash.update(chunk as Uint8Array);
    const { name, type, mode, uid, gid, linkname, size } = entry.header;
    const path = `${at}/${name}`.replaceAll(/\/\.?(?=\/|$)/g, '') || '/';
    if (path === '/' || engineOwn.test(path)) continue;
    const what = [type, mode, uid, gid, linkname ?? '', hash.digest('hex')].join(' ');
    into.set(path, { what, bytes: size ?? 0 });
  }
}

/** What differs between two listings, sorted by path, and the bytes of the files that are new or other. Pure. */
export function compareListings(
  from: Listing,
  to: Listing,
): { files: FileDifference[]; bytes: number; truncated: boolean } {
  const files: FileDifference[] = [];
  let bytes = 0;
  for (const [path, after] of to) {
    const before = from.get(path);
    if (before?.what === after.what) continue;
    files.push({ path, change: before === undefined ? 'added' : 'changed', bytes: after.bytes });
    bytes += after.bytes;
  }
  for (const [path, before] of from) if (!to.has(path)) files.push({ path, change: 'removed', bytes: before.bytes });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: files.slice(0, mostFiles), bytes, truncated: files.length > mostFiles };
}
