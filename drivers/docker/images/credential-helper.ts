import { spawn } from 'node:child_process';
import { NovaError } from '../../errors.ts';

/** A helper may ask a key ring, which may ask a person; longer is no answer, milliseconds. */
const answerMs = 30_000;
/** After its end what it printed is read for so long at most, milliseconds. */
const restMs = 500;
/** An answer is a line of JSON; more is none, bytes. */
const mostBytes = 64 * 1024;

/** How a helper is asked. */
export type HelperCall = {
  env: Record<string, string | undefined>;
  /** Ends the asking, with `cancelled`. */
  signal?: AbortSignal;
  /** How long it may take, milliseconds; half a minute where absent. */
  limitMs?: number;
};

/**
 * What a program of the user's says about a registry, or null when it says that it knows nothing or says too much. Throws
 * `permission_denied` where it can't be run, `timeout` and `cancelled`; it is ended then with all that it began.
 */
export function askProgram(
  program: string,
  registry: string,
  { env, signal, limitMs = answerMs }: HelperCall,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const command = `${program} get`;
    // A group of its own: what it began holds its output open and would be waited for, as a key ring's dialog.
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      child.stdout.destroy();
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended just now.
      }
    };
    const fail = (error: NovaError): void => {
      end();
      reject(error);
    };
    const cancel = (): void => fail(new NovaError('cancelled', `${program} was asked for ${registry} and given up.`));
    const timer = setTimeout(() => {
      const text = `${program}, which Docker's configuration names for ${registry}, did not answer within ${limitMs / 1000} s.`;
      const fixes = [
        `Run \`${command}\` in a terminal: it may wait for a password.`,
        'Or log in again with `docker login`.',
      ];
      fail(new NovaError('timeout', text, { retryable: true, details: { command, fixes } }));
    }, limitMs);
    child.once('error', (cause) => {
      const text = `${program} can't be run, which Docker's configuration names for ${registry}.`;
      const fixes = [`Install ${program}, or log in again with \`docker login\`.`];
      fail(new NovaError('permission_denied', text, { cause, details: { command, fixes } }));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= mostBytes) return;
      end();
      resolve(null);
    });
    const answer = (code: number | null): void => {
      end();
      resolve(code === 0 ? Buffer.concat(chunks).toString('utf8') : null);
    };
    child.once('close', answer);
    // An agent that it began may keep its output open for ever: what has come by then is all.
    child.once('exit', (code) => setTimeout(() => answer(code), restMs));
    // One that ends without reading is told by its end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(registry);
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}
