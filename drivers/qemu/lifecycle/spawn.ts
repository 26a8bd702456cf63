import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { NovaError } from '../../errors.ts';

/** A QEMU that was just started, detached: it outlives us. */
export type SpawnedProcess = {
  pid: number;
  /** Resolves when it ends while we are there. Never rejects. */
  exit: Promise<{ code: number | null; signal: string | null }>;
};

/** Variables that QEMU needs; secrets of the user's session are none of its business. */
const passedVariables = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'XDG_RUNTIME_DIR', 'LD_LIBRARY_PATH'];

/** Starts a program in its own session with its output appended to a file. Throws `engine_unavailable` when it can't be run. */
export async function spawnDetached(argv: readonly string[], logFile: string): Promise<SpawnedProcess> {
  const [program = '', ...args] = argv;
  const log = openSync(logFile, 'w', 0o600);
  try {
    const env = Object.fromEntries(
      passedVariables.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env, cwd: '/' });
    const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const { pid } = child;
    if (pid === undefined) {
      const cause = await new Promise<Error>((resolve) => {
        child.once('error', resolve);
      });
      throw new NovaError('engine_unavailable', `${program} could not be run: ${cause.message}.`, { cause });
    }
    // An error after the start (a failed kill) is not for this place.
    child.on('error', () => undefined);
    child.unref();
    return { pid, exit };
  } finally {
    closeSync(log);
  }
}
