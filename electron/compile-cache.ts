import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { resolveDirectories } from './host/directories.ts';

/**
 * Keeps compiled code for the next start: more than half of a short command's time. Not the system's default place,
 * which is shared with other users: whoever can write to this one can be this user already. Modules that are loaded
 * after the call are kept; where it can't be written nothing is.
 */
export function keepCompiledCode(env: Record<string, string | undefined>): void {
  enableCompileCache(join(resolveDirectories(env).cache, 'code'));
}
