import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Pack, pack } from 'tar-stream';
import { type ArchiveEntry, createArchiveGuard } from '../../drivers/archive.ts';
import { NovaError } from '../bridge/contract.ts';
import { plain } from './plain.ts';

type Copied = { name: string; bytes: number };

/** Writes a file anew. What stands there is taken away first, so that a link is never written through. */
async function writeAnew(path: string, content: AsyncIterable<unknown>, mode: number): Promise<number> {
  rmSync(path, { force: true });
  // No setuid of a container comes to life here.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, mode % 0o1000);
  let bytes = 0;
  try {
    for await (const chunk of content) {
      const piece = chunk as Uint8Array;
      for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
      bytes += piece.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Saves one file at a path, or under its name in a directory that is there. */
export async function saveFile(
  content: AsyncIterable<Uint8Array>,
  to: string,
  name: string,
  mode: number,
): Promise<Copied> {
  const safe = name.replace(/[/\0]/g, '_');
  const path = isDirectory(to) ? join(to, safe === '' || safe === '..' ? 'file' : safe) : to;
  return { name: path, bytes: await writeAnew(path, content, mode) };
}

/** Makes the directories of an entry below the root. A link on the way is refused: it may lead anywhere. */
function parents(root: string, parts: readonly string[]): void {
  let at = root;
  for (const part of parts) {
    at = join(at, part);
    const there = lstatSync(at, { throwIfNoEntry: false });
    if (there === undefined) mkdirSync(at);
    else if (!there.isDirectory())
      throw new NovaError('conflict', `${at} is there and is no directory; nothing is written through it.`);
  }
}

/**
 * Unpacks the archive of a directory into `to`, or as it where nothing is there. What comes out of a workload is not
 * trusted: an entry that leads out is refused, a link that leads out and a device are left out and told.
 */
export async function unpackInto(content: AsyncIterable<Uint8Array>, to: string, name: string): Promise<Copied> {
  const renamed = !isDirectory(to);
  const root = to;
  if (renamed) mkdirSync(root);
  const guard = createArchiveGuard(name);
  const archive = extract();
  const source = Readable.from(content);
  source.once('error', (error) => archive.destroy(error));
  source.pipe(archive);
  let bytes = 0;
  for await (const entry of archive) {
    const { header } = entry;
    const kind =
      header.type === 'file' || header.type === 'directory' || header.type === 'symlink' || header.type === 'link'
        ? header.type
        : 'other';
    const told: ArchiveEntry = {
      name: header.name,
      type: kind,
      ...(header.linkname ? { linkName: header.linkname } : {}),
    };
    const leaves = kind === 'other' || ((kind === 'symlink' || kind === 'link') && !inside(told));
    if (leaves) {
      process.stderr.write(
        `novacron: left out: ${plain(header.name)} (${kind === 'other' ? 'a device or pipe' : 'a link that leads out'})\n`,
      );
      entry.resume();
      continue;
    }
    const { path } = guard(told);
    const parts = path.split('/').filter((part) => part !== '');
    // The archive's names begin with the directory's own; where it gets a new name that part goes.
    const here = renamed ? parts.slice(1) : parts;
    if (here.length === 0) {
      entry.resume();
      continue;
    }
    const at = join(root, ...here);
    parents(root, here.slice(0, -1));
    if (kind === 'directory') {
      parents(root, here);
      entry.resume();
    } else if (kind === 'symlink') {
      rmSync(at, { force: true });
      symlinkSync(header.linkname ?? '', at);
      entry.resume();
    } else if (kind === 'link') {
      const from = (header.linkname ?? '').split('/').filter((part) => part !== '' && part !== '.');
      const original = join(root, ...(renamed ? from.slice(1) : from));
      if (lstatSync(original, { throwIfNoEntry: false })?.isFile()) {
        bytes += await writeAnew(at, createReadStream(original), header.mode ?? 0o644);
      }
      entry.resume();
    } else bytes += await writeAnew(at, entry, header.mode ?? 0o644);
  }
  return { name: root, bytes };
}

function inside(entry: ArchiveEntry): boolean {
  try {
    createArchiveGuard('')(entry);
    return true;
  } catch {
    // The guard's refusal is the answer.
    return false;
  }
}

/** A directory of this machine as a tar archive whose names begin with its own. Devices and pipes are left out. */
export function packDirectory(directory: string): AsyncIterable<Uint8Array> {
  const archive = pack();
  const parent = join(directory, '..');
  const add = async (path: string): Promise<void> => {
    const stats = lstatSync(path);
    const common = { name: relative(parent, path), mode: stats.mode % 0o1000, mtime: stats.mtime };
    if (stats.isDirectory()) {
      await addPlain(archive, { ...common, type: 'directory' });
      for (const name of readdirSync(path).sort()) await add(join(path, name));
    } else if (stats.isSymbolicLink()) {
      await addPlain(archive, { ...common, type: 'symlink', linkname: readlinkSync(path) });
    } else if (stats.isFile()) {
      if (stats.size === 0) await addPlain(archive, { ...common, type: 'file' });
      else
        await pipeline(createReadStream(path, { end: stats.size - 1 }), archive.entry({ ...common, size: stats.size }));
    }
  };
  add(directory).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return archive as AsyncIterable<Uint8Array>;
}

function addPlain(archive: Pack, header: Parameters<Pack['entry']>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ ...header, size: 0 }, '', (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
