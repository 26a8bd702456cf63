import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { OperationContext } from '../../drivers/driver.ts';
import { type BuiltGuest, buildGuest, guestDirectory } from '../../electron/host/catalogue/guest/build.ts';
import { readRecipe } from '../../electron/host/catalogue/guest/recipe.ts';

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
