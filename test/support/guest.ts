import { cp, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { OperationContext } from '../../drivers/driver.ts';
import { type BuiltGuest, buildGuest, guestDirectory } from '../../electron/host/catalogue/guest/build.ts';
import { readRecipe } from '../../electron/host/catalogue/guest/recipe.ts';
import { resolveDirectories } from '../../electron/host/directories.ts';

/** What the demo guest's shell prints when it waits for a command. */
export const guestPrompt = 'demo:~# ';

/** The demo guest, built once on this machine and shared by all tests and runs: building is atomic, so no lock is needed. */
export async function demoGuest(): Promise<BuiltGuest> {
  const recipe = await readRecipe(join(import.meta.dirname, '../../resources/guest'));
  const cache = join(tmpdir(), `novacron-test-cache-${userInfo().uid}`);
  const context: OperationContext = {
    signal: AbortSignal.timeout(300_000),
    progress: () => undefined,
    log: () => undefined,
    saveHandle: () => undefined,
  };
  return buildGuest(context, recipe, guestDirectory(cache, recipe, null), null);
}

/** Puts the demo guest into the cache of a data directory, so that a test does not build it again. `home` is its `NOVACRON_HOME`. */
export async function seedGuestCache(home: string): Promise<void> {
  const guest = await demoGuest();
  const recipe = await readRecipe(join(import.meta.dirname, '../../resources/guest'));
  const target = guestDirectory(resolveDirectories({ ...process.env, NOVACRON_HOME: home }).cache, recipe, null);
  await mkdir(dirname(target), { recursive: true });
  await cp(dirname(guest.kernel), target, { recursive: true });
}
