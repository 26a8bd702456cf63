import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OperationContext } from '../../../../drivers/driver.ts';
import { agentEntries } from './agent.ts';
import { fetchWithApt } from './apt.ts';
import { writeCpio } from './cpio.ts';
import { type GuestModule, initramfsEntries } from './initramfs.ts';
import { dependsOf, loadOrder, moduleKey } from './modules.ts';
import { findModules, type GuestParts, readModule } from './parts.ts';
import type { Recipe } from './recipe.ts';

/** A built guest: files to start a machine with. */
export type BuiltGuest = { kernel: string; initrd: string; cmdline: string };

/** Where a guest of this recipe lies in the cache, built or not. */
export function guestDirectory(cache: string, recipe: Recipe, given: GuestParts | null): string {
  const suffix = given === null ? '' : `-${Buffer.from(JSON.stringify(given)).toString('hex').slice(-12)}`;
  return join(cache, 'guest', `${recipe.key}${suffix}`);
}

/** The guest in `directory`, or null when none was built there. */
export async function findGuest(directory: string, recipe: Recipe): Promise<BuiltGuest | null> {
  const guest = { kernel: join(directory, 'vmlinuz'), initrd: join(directory, 'initrd.gz'), cmdline: recipe.cmdline };
  const present = await Promise.all([guest.kernel, guest.initrd].map((path) => stat(path).catch(() => null)));
  return present.every((file) => file !== null && file.size > 0) ? guest : null;
}

/**
 * Builds the guest into `directory`, whole or not at all: two builders at once, or one that is cut off, leave nothing
 * half done. `given` replaces the distribution's packages.
 */
export async function buildGuest(
  context: OperationContext,
  recipe: Recipe,
  directory: string,
  given: GuestParts | null,
): Promise<BuiltGuest> {
  const there = await findGuest(directory, recipe);
  if (there !== null) return there;
  await mkdir(join(directory, '..'), { recursive: true });
  const work = await mkdtemp(`${directory}.building-`);
  try {
    const parts = given ?? (await fetchWithApt(context, recipe, join(work, 'fetched')));
    context.progress(null, 'Packing the guest');
    const modules = await collectModules(recipe, parts.modules);
    const entries = initramfsEntries(await readFile(parts.busybox), modules, recipe.root);
    const ready = join(work, 'ready');
    await mkdir(ready);
    await copyFile(parts.kernel, join(ready, 'vmlinuz'));
    // The kernel takes several archives in a row. The agent's is not packed: unpacking it would cost an emulated guest half a second.
    const agent = parts.agent.length === 0 ? Buffer.alloc(0) : aligned(writeCpio(await agentEntries(parts.agent)));
    const packed = await promisify(gzip)(writeCpio(entries), { level: 9 });
    await writeFile(join(ready, 'initrd.gz'), Buffer.concat([agent, packed]));
    await rename(ready, directory).catch((error: unknown) => acceptOther(error));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const built = await findGuest(directory, recipe);
  if (built === null) throw new Error(`No guest is in ${directory} after the build.`);
  return built;
}

/** With zeros up to a multiple of 512 bytes, between which and the next archive the kernel looks for nothing. */
function aligned(archive: Uint8Array): Buffer {
  const block = 512;
  return Buffer.concat([archive, Buffer.alloc((block - (archive.length % block)) % block)]);
}

/** Somebody else finished first: theirs is as good. */
function acceptOther(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
}

async function collectModules(recipe: Recipe, directory: string | null): Promise<GuestModule[]> {
  if (directory === null) return [];
  const paths = await findModules(directory);
  const contents = new Map<string, Uint8Array>();
  // Which modules a module needs is known only once it was read.
  const pending = [...recipe.modules, ...recipe.lateModules].map(moduleKey);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const path = paths.get(name);
    if (path === undefined || contents.has(name)) continue;
    const content = await readModule(path);
    contents.set(name, content);
    pending.push(...dependsOf(content));
  }
  const read = (name: string): string[] | null => {
    const content = contents.get(name);
    return content === undefined ? null : dependsOf(content);
  };
  const early = new Set(loadOrder(recipe.modules, read));
  return loadOrder([...recipe.modules, ...recipe.lateModules], read).map((name) => ({
    name,
    content: contents.get(name) ?? new Uint8Array(),
    late: !early.has(name),
  }));
}
