import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import type { GuestFile } from './agent.ts';
import { moduleOfFile } from './modules.ts';

/** Where the pieces of a guest lie on this machine. */
export type GuestParts = {
  /** A bzImage. */
  kernel: string;
  /** A folder with `.ko` files at any depth, or null when the kernel has its drivers built in. */
  modules: string | null;
  /** A static BusyBox. */
  busybox: string;
  /** qemu-guest-agent with its libraries; empty for a guest without. */
  agent: GuestFile[];
};

/** The modules of a folder: name to path. */
export async function findModules(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of await readdir(directory, { recursive: true })) {
    const name = moduleOfFile(basename(path));
    if (name !== null) found.set(name, join(directory, path));
  }
  return found;
}

/** The uncompressed bytes of a module. */
export async function readModule(path: string): Promise<Uint8Array> {
  // Node has no xz; where a distribution compresses its modules with it, the tool is there too.
  if (path.endsWith('.xz')) {
    // Loaded with its first use: it is a tenth of all that a start would compile.
    const { execa } = await import('execa');
    return (await execa('xz', ['-dc', '--', path], { encoding: 'buffer' })).stdout;
  }
  const bytes = await readFile(path);
  if (path.endsWith('.zst')) return promisify(zstdDecompress)(bytes);
  if (path.endsWith('.gz')) return promisify(gunzip)(bytes);
  return bytes;
}

/** Whether a program needs no libraries: an ELF file without an interpreter (program header type 3, PT_INTERP). */
export function isStaticElf64(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = 0x7f454c46;
  const is64LittleEndian = view.length > 64 && view.readUInt32BE(0) === magic && view[4] === 2 && view[5] === 1;
  if (!is64LittleEndian) return false;
  const offset = Number(view.readBigUInt64LE(32));
  const size = view.readUInt16LE(54);
  const count = view.readUInt16LE(56);
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * size;
    if (at + 4 > view.length) return false;
    if (view.readUInt32LE(at) === 3) return false;
  }
  return true;
}
