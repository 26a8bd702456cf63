import type { Readable } from 'node:stream';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { readLines } from '../engine/lines.ts';
import { mapDockerError } from '../engine/map-error.ts';
import type { PullLine } from './layers.ts';

/** Lines of output that an error carries. */
const errorLines = 20;

/** Keeps the last lines of an output. */
export function lastLines(most = errorLines): { add: (line: string) => void; all: () => string[] } {
  const lines: string[] = [];
  return {
    add(line) {
      lines.push(line);
      if (lines.length > most) lines.shift();
    },
    all: () => [...lines],
  };
}

/** A request that is answered by lines of progress, and what is done with them. */
type Followed = {
  /** Asks for it; the signal ends the request. */
  request(signal: AbortSignal): Promise<NodeJS.ReadableStream>;
  /** Longest wait for the beginning of the answer, milliseconds; 0 waits as long as the engine answers anything at all. */
  answerMs: number;
  /** Longest silence between two lines, milliseconds; 0 waits as long as the engine answers anything at all. */
  silenceMs: number;
  take(line: PullLine): void;
  /** The last of the output, for the error. */
  output(): string[];
};

/**
 * Makes a request and reads the engine's progress lines to their end. Throws the engine's error line with the last of the output in
 * `details.log`, `cancelled`, and `timeout` after too long a silence. Ends the request whatever happens: the engine gives up what nobody
 * asks for any more.
 */
export async function follow(
  engine: Pick<Engine, 'ask'>,
  context: OperationContext,
  what: string,
  followed: Followed,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  try {
    const stream = await engine.ask(what, () => followed.request(signal), followed.answerMs);
    const read = () => readProgress(stream as Readable, context, what, followed);
    // A step may be silent for as long as it likes, the engine may not.
    await (followed.silenceMs === 0 ? engine.ask(what, read, 0) : read());
  } catch (error) {
    if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`, { cause: error });
    throw error;
  } finally {
    over.abort();
  }
}

/** Reads the lines to their end, with the errors of `follow`. Closes the stream. */
async function readProgress(
  stream: Readable,
  context: Pick<OperationContext, 'signal'>,
  what: string,
  options: Pick<Followed, 'take' | 'output' | 'silenceMs'>,
): Promise<void> {
  let stalled = false;
  const stall =
    options.silenceMs > 0
      ? setTimeout(() => {
          stalled = true;
          stream.destroy();
        }, options.silenceMs)
      : null;
  let failure: string | undefined;
  try {
    for await (const text of readLines(stream, context.signal)) {
      stall?.refresh();
      const line = JSON.parse(text) as PullLine;
      if (line.error !== undefined) failure = line.error;
      options.take(line);
    }
  } catch (error) {
    if (!context.signal.aborted && !stalled) throw mapDockerError(error, what);
  } finally {
    if (stall !== null) clearTimeout(stall);
  }
  if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`);
  if (stalled) {
    throw new NovaError('timeout', `${what}: nothing came for ${options.silenceMs / 1000} s.`, {
      retryable: true,
      details: { fixes: ['Try again.'] },
    });
  }
  if (failure !== undefined) {
    const mapped = mapDockerError(new Error(failure), what);
    throw new NovaError(mapped.code, mapped.message, {
      retryable: mapped.retryable,
      details: { ...mapped.details, log: options.output() },
      cause: mapped.cause,
    });
  }
}
