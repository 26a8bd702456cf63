import type { Readable } from 'node:stream';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
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

/**
 * Reads the engine's progress lines to their end. Throws the engine's error line with the last of the output in
 * `details.log`, `cancelled`, and `timeout` when nothing came for `limitMs` (0: waits for ever). Closes the stream.
 */
export async function follow(
  stream: Readable,
  context: OperationContext,
  what: string,
  options: { take(line: PullLine): void; output(): string[]; limitMs: number },
): Promise<void> {
  let stalled = false;
  const stall =
    options.limitMs > 0
      ? setTimeout(() => {
          stalled = true;
          stream.destroy();
        }, options.limitMs)
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
    throw new NovaError('timeout', `${what}: nothing came for ${options.limitMs / 1000} s.`, {
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
