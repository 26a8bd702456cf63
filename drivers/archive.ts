import { NovaError } from './errors.ts';

/** What an entry of an archive is, as tar and OCI layers have it. */
export type ArchiveEntry = {
  name: string;
  type: 'file' | 'directory' | 'symlink' | 'link' | 'other';
  /** Where a link leads, as it is stored. */
  linkName?: string;
};

/**
 * What becomes of an archive. `unpack`: its entries are written below a folder of ours or of an engine. `root`: it is a whole root file
 * system, which an engine unpacks in a root of its own; there a link is data that may name any path (`/etc/mtab -> /proc/mounts`), and a
 * device is one of that system.
 */
export type ArchiveUse = 'unpack' | 'root';

/** Longest name of an entry, bytes; the kernel's own bound of a path. */
const maxNameBytes = 4096;

/** A backslash separates on other systems, and a drive letter begins an absolute path there. */
const elsewhere = (name: string): string => name.replaceAll('\\', '/').replace(/^[A-Za-z]:/, '/');

/** The parts of a relative name without `.` and empty ones, or null when it is absolute or steps upwards. */
function partsOf(name: string): string[] | null {
  const strict = elsewhere(name);
  if (strict.startsWith('/') || strict.split('/').includes('..') || name.includes('\0')) return null;
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

/** Where a relative link of an entry leads, as parts from the archive's root; null when that is outside. */
function linkParts(directory: readonly string[], target: string): string[] | null {
  const strict = elsewhere(target);
  if (target === '' || strict.startsWith('/') || target.includes('\0')) return null;
  const parts = [...directory];
  for (const part of strict.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts;
}

/**
 * Checks the entries of one archive in their order, so that unpacking it writes nothing outside of its folder: no
 * absolute names, no steps upwards, no links that lead out, nothing written through a link that the archive itself has
 * made. The one validator for all archives. Throws `invalid_spec` with the entry's name; the state of an archive's links is in it, so it
 * serves one archive.
 */
export function createArchiveGuard(
  subject: string,
  use: ArchiveUse = 'unpack',
): (entry: ArchiveEntry) => { path: string } {
  const links = new Set<string>();
  const refuse = (entry: ArchiveEntry, why: string): never => {
    throw new NovaError(
      'invalid_spec',
      `${subject}: the entry ${JSON.stringify(entry.name)} ${why}. Nothing more of it is unpacked.`,
      {
        details: { field: 'path', fixes: ['Use an archive whose names all lie inside of it.'] },
      },
    );
  };
  return (entry) => {
    if (Buffer.byteLength(entry.name) > maxNameBytes)
      refuse({ ...entry, name: `${entry.name.slice(0, 80)}…` }, 'has too long a name');
    const parts = partsOf(entry.name) ?? refuse(entry, 'leads out of the archive');
    const path = parts.join('/');
    if (use === 'root') {
      if (entry.type === 'link' && partsOf(entry.linkName ?? '') === null) {
        refuse(entry, `is a hard link that leads out of the archive (${JSON.stringify(entry.linkName)})`);
      }
      return { path };
    }
    for (let at = 1; at < parts.length; at += 1) {
      if (links.has(parts.slice(0, at).join('/'))) refuse(entry, 'would be written through a link');
    }
    switch (entry.type) {
      case 'symlink':
        if (linkParts(parts.slice(0, -1), entry.linkName ?? '') === null)
          refuse(entry, `is a link that leads out of the archive (${JSON.stringify(entry.linkName)})`);
        links.add(path);
        break;
      case 'link': {
        const target =
          partsOf(entry.linkName ?? '') ??
          refuse(entry, `is a link that leads out of the archive (${JSON.stringify(entry.linkName)})`);
        for (let at = 1; at <= target.length; at += 1) {
          if (links.has(target.slice(0, at).join('/'))) refuse(entry, 'is a link through another link');
        }
        links.delete(path);
        break;
      }
      case 'other':
        refuse(entry, 'is a device or a pipe');
        break;
      case 'file':
      case 'directory':
        // A later entry takes the place of an earlier link.
        links.delete(path);
        break;
    }
    return { path };
  };
}
