import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** One command on a busy machine with two cores. */
const limitMs = 90_000;

/** What a command printed and how it ended. */
export type CommandResult = { code: number | null; out: string; err: string };

/** Runs `novacron` with the fake driver on a data directory. `input` is its standard input; none by default. `onOutput` gets what it has printed so far. */
export function novacron(
  home: string,
  words: string[],
  options: { input?: string; env?: Record<string, string>; onOutput?: (out: string) => void } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['electron/cli.ts', ...words], {
      cwd: root,
      env: { ...process.env, NOVACRON_HOME: home, NOVACRON_FAKE_DRIVER: '1', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      options.onOutput?.(out);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    // A command that takes no input may be gone before it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err });
    });
  });
}
