import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CpioEntry } from './cpio.ts';
import { elfNeeds } from './elf.ts';

/** A file for the guest: where it goes in there, and what it is copied from. */
export type GuestFile = { path: string; from: string };

/** Where a program's package puts it. */
const programs = ['usr/sbin/qemu-ga', 'usr/bin/qemu-ga'];
/** Where this machine keeps its libraries. */
const libraryDirectories = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64'];
/** Where the guest has them: init sets LD_LIBRARY_PATH to it, since loaders of different distributions look in different places. */
const guestLibraries = 'usr/lib/agent';

/** The libraries in an unpacked package: name to path. */
async function unpackedLibraries(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of await readdir(root, { recursive: true })) {
    if (/\.so(\.\d+)*$/.test(path)) found.set(basename(path), join(root, path));
  }
  return found;
}

async function present(path: string): Promise<string | null> {
  try {
    await access(path);
    return await realpath(path);
  } catch {
    return null;
  }
}

/**
 * The agent's program in `root` with its loader and all libraries that it needs, from `root` or from this machine. `missing` are names
 * that are in neither.
 */
export async function collectAgent(root: string): Promise<{ files: GuestFile[]; missing: string[] } | null> {
  let program: string | null = null;
  for (const path of programs) program ??= await present(join(root, path));
  if (program === null) return null;
  const unpacked = await unpackedLibraries(root);
  const find = async (name: string): Promise<string | null> => {
    for (const path of [unpacked.get(name), ...libraryDirectories.map((directory) => join(directory, name))]) {
      const real = path === undefined ? null : await present(path);
      if (real !== null) return real;
    }
    return null;
  };
  const files: GuestFile[] = [{ path: 'usr/sbin/qemu-ga', from: program }];
  const missing: string[] = [];
  const known = new Set<string>();
  const pending = [program];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const needs = elfNeeds(await readFile(path));
    if (needs?.interpreter) {
      const loader = await present(needs.interpreter);
      if (loader === null) missing.push(needs.interpreter);
      else files.push({ path: needs.interpreter.replace(/^\/+/, ''), from: loader });
    }
    for (const name of needs?.needed ?? []) {
      if (known.has(name)) continue;
      known.add(name);
      const library = await find(name);
      if (library === null) {
        missing.push(name);
      } else {
        // The loader itself is a library of some, and stands in its place already.
        if (!name.startsWith('ld-linux')) files.push({ path: `${guestLibraries}/${name}`, from: library });
        pending.push(library);
      }
    }
  }
  return { files, missing };
}

/** The files as entries of an archive of their own. */
export async function agentEntries(files: readonly GuestFile[]): Promise<CpioEntry[]> {
  const directories = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (let length = 1; length <= parts.length; length += 1) directories.add(parts.slice(0, length).join('/'));
  }
  const entries: CpioEntry[] = [...directories].sort().map((path) => ({ type: 'directory', path }));
  for (const { path, from } of files) {
    entries.push({ type: 'file', path, content: await readFile(from), mode: 0o755 });
  }
  return entries;
}
