import { spawn } from 'node:child_process';
import { findProgram } from './binaries.ts';

/** How a short-lived program ended. */
export type ToolResult = {
  /** Null when a signal ended it or it never ran. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** It was killed at the time limit. */
  timedOut: boolean;
  /** Why it could not be started. */
  failure: string | null;
};

/** Most bytes kept of each output; a schema has about 0.2 MB. */
const outputLimit = 16 * 1024 * 1024;

/** The last words for a program that would cut off its own answers: given when it has printed `after`. */
export type Goodbye = { after: string; input: string };

/** How long a killed program is waited for. */
const unkillableMs = 1_000;

/** A program on a leash ends this long after its limit by itself, seconds: only where nobody is there any more to end it. */
const leashSeconds = 5;

/**
 * The words that run a program which would never end of itself, so that it does not outlive a killed NovaCron: behind `timeout` of
 * coreutils or BusyBox where there is one. macOS has none.
 */
export function leashed(words: readonly string[], limitMs: number, searchPath: string): readonly string[] {
  const timeout = findProgram('timeout', searchPath);
  return timeout === null
    ? words
    : [timeout, '-s', 'KILL', String(Math.ceil(limitMs / 1_000) + leashSeconds), ...words];
}

/**
 * Runs a program to its end, with `input` on its standard input. Never throws; killed at the limit. `leash` is for one that ends
 * neither of itself nor with its input: see `leashed`.
 */
export function runTool(
  file: string,
  args: readonly string[],
  options: { timeoutMs: number; input?: string; goodbye?: Goodbye; leash?: boolean; signal?: AbortSignal },
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const all = [file, ...args];
    const leash = options.leash === true ? leashed(all, options.timeoutMs, process.env['PATH'] ?? '') : all;
    const [program = file, ...words] = leash;
    const child = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own, so that the program ends with what holds its leash.
      detached: leash !== all,
    });
    const outputs = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let size = 0;
    let timedOut = false;
    let failure: string | null = null;
    const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= outputLimit) {
        outputs[name].push(chunk);
      }
    };
    const kill = (): void => {
      if (leash === all || child.pid === undefined) {
        child.kill('SIGKILL');
        return;
      }
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended just now.
      }
    };
    let exitCode: number | null = null;
    let endSignal: NodeJS.Signals | null = null;
    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      resolve({
        exitCode,
        signal: endSignal,
        stdout: Buffer.concat(outputs.stdout).toString('utf8'),
        stderr: Buffer.concat(outputs.stderr).toString('utf8'),
        timedOut,
        failure,
      });
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
      // A process that hangs in the kernel does not even die; it is not waited for.
      setTimeout(finish, unkillableMs).unref();
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', kill, { once: true });
    if (options.signal?.aborted === true) {
      kill();
    }
    const { goodbye } = options;
    let seen = '';
    const watch = (chunk: Buffer): void => {
      if (goodbye !== undefined && !child.stdin.writableEnded) {
        seen = `${seen}${chunk.toString('latin1')}`;
        if (seen.includes(goodbye.after)) {
          child.stdin.end(goodbye.input);
        }
        seen = seen.slice(-goodbye.after.length);
      }
    };
    child.stdout.on('data', collect('stdout'));
    child.stdout.on('data', watch);
    child.stderr.on('data', collect('stderr'));
    // A program that ends before it has read its input is no error of ours; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.write(options.input ?? '');
    if (goodbye === undefined) {
      child.stdin.end();
    }
    child.on('error', (error) => {
      failure = error.message;
    });
    child.on('close', (code, signal) => {
      exitCode = code;
      endSignal = signal;
      finish();
    });
  });
}
