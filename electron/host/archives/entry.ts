import { posix } from 'node:path';

/** What is looked at of one entry of an archive. */
export type ArchiveEntry = { name: string; type: string; linkname?: string | null };

/** Kinds of entries that hold content or point inside. Devices and pipes have no place in what is imported. */
const allowed = new Set([
  'file',
  'contiguous-file',
  'directory',
  'symlink',
  'link',
  'pax-header',
  'pax-global-header',
  'gnu-long-path',
  'gnu-long-link-path',
]);

const outside = (path: string): boolean => path === '..' || path.startsWith('../') || path.startsWith('/');

/** A backslash separates on other systems, and a drive letter begins an absolute path there. */
const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^[A-Za-z]:/, '/');

/** Why an entry may not be unpacked, as the end of a sentence; null when nothing of it leads out of the folder. Pure. */
export function entryFault(entry: ArchiveEntry): string | null {
  const name = plain(entry.name);
  if (name === '' || name.includes('\0')) return 'has an entry without a name';
  if (name.startsWith('/')) return 'holds an absolute path';
  if (name.split('/').includes('..')) return 'holds a path that leads out of its folder';
  if (!allowed.has(entry.type)) return `holds a ${entry.type}`;
  if (entry.type !== 'symlink' && entry.type !== 'link') return null;
  const target = plain(entry.linkname ?? '');
  if (target === '' || target.startsWith('/')) return 'holds a link to an absolute path';
  // A symbolic link is followed from its own folder, a hard link from the archive's.
  const from = entry.type === 'symlink' ? posix.dirname(name) : '.';
  return outside(posix.normalize(posix.join(from, target))) ? 'holds a link that leads out of its folder' : null;
}
