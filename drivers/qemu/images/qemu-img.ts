import { NovaError } from '../../errors.ts';
import { imageFailure } from './failure.ts';

/** Time for the verbs that touch only metadata, milliseconds: a cold disk may need seconds, never a minute. */
export const metadataTimeoutMs = 60_000;
/** Time for copies of data, milliseconds. A backstop: they are cancelled by their signal. */
export const copyTimeoutMs = 24 * 60 * 60 * 1000;
/** Address space of a qemu-img that reads a stranger's metadata, bytes: a header may ask for tables without end. */
const addressSpaceBytes = 8 * 1024 ** 3;
/** Last lines of its output that are kept. */
const keptLines = 20;

/** How `runQemuImg` runs. */
export type QemuImgOptions = {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Called with the percentage of `-p`. */
  progress?(fraction: number): void;
  /** Exit codes beside 0 that are an answer. */
  accept?: readonly number[];
};

/** What it said. */
export type QemuImgResult = { exitCode: number; stdout: string; stderr: string };

/** The last number of `    (12.34/100%)` in a piece of output. */
export function parseProgress(text: string): number | null {
  const percent = [...text.matchAll(/\(\s*(\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
  return percent === undefined ? null : Math.min(1, Number(percent) / 100);
}

/**
 * Runs qemu-img with an argument vector. Ends it on abort (`cancelled`) and after its time (`timeout`); other failures become
 * `resource_exhausted`, `conflict` (the image is in use), `engine_unavailable` (no qemu-img) or `internal`, with its output.
 */
export async function runQemuImg(args: readonly string[], options: QemuImgOptions = {}): Promise<QemuImgResult> {
  if (options.signal?.aborted === true) {
    throw new NovaError('cancelled', 'The operation was cancelled.');
  }
  const timeoutMs = options.timeoutMs ?? metadataTimeoutMs;
  const limited =
    process.platform === 'linux'
      ? ['prlimit', `--as=${addressSpaceBytes}`, 'qemu-img', ...args]
      : ['qemu-img', ...args];
  const [program = 'qemu-img', ...rest] = limited;
  // Loaded with its first use: it is a tenth of all that a start would compile.
  const { execa } = await import('execa');
  const child = execa(program, rest, {
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    // It holds no state that a polite end would save.
    killSignal: 'SIGKILL',
    env: { LC_ALL: 'C' },
    maxBuffer: 8 * 1024 * 1024,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const fraction = parseProgress(chunk.toString('latin1'));
    if (fraction !== null) {
      options.progress?.(fraction);
    }
  });
  const result = await child;
  const stderr = result.stderr;
  const command = ['qemu-img', ...args].join(' ');
  const log = `${stderr}\n${result.stdout}`
    .split(/[\r\n]+/)
    .filter((line) => line !== '' && parseProgress(line) === null)
    .slice(-keptLines);
  if (result.isCanceled) {
    throw new NovaError('cancelled', 'The operation was cancelled.', { details: { command } });
  }
  if (result.timedOut) {
    throw new NovaError('timeout', `qemu-img did not end within ${timeoutMs / 1000} s and was stopped.`, {
      retryable: true,
      details: { command, log },
    });
  }
  if (result.exitCode === undefined) {
    const missing = result.code === 'ENOENT' || result.cause !== undefined;
    throw new NovaError(
      missing ? 'engine_unavailable' : 'internal',
      missing
        ? 'qemu-img is missing. Install it: apt-get install qemu-utils'
        : `qemu-img was ended by ${result.signal ?? 'the system'}; the machine may be out of memory.`,
      { details: { command, log }, cause: result.cause },
    );
  }
  if (result.exitCode !== 0 && options.accept?.includes(result.exitCode) !== true) {
    throw imageFailure(command, result.exitCode, log);
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr };
}
