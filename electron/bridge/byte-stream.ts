import type { ByteChannel } from '../../drivers/driver.ts';
import { NovaError } from './contract.ts';
import type { Link } from './link.ts';
import { encodeData, initialCreditBytes, maxChunkBytes } from './wire.ts';

/** Bytes written by a client that may wait for the workload to take them. */
const maxPendingWriteBytes = 4 * 1024 * 1024;

/** The host's end of one byte stream. */
export type HostByteStream = {
  grant(bytes: number): void;
  write(bytes: Uint8Array): void;
  endInput(): void;
  resize(columns: number, rows: number): void;
  /** Resolves with the exit code of an exec, null for others; rejects with the stream's failure. */
  ended: Promise<number | null>;
};

/**
 * Carries a channel over the link. Never more bytes are on their way than the client has granted; meanwhile the
 * channel is not read, and its driver bounds what waits. Closes the channel at the end. `onMinor` is told of failures
 * that do not end the stream.
 */
export function openByteStream(
  id: number,
  channel: ByteChannel,
  link: Link,
  signal: AbortSignal,
  onMinor: (error: unknown) => void,
): HostByteStream {
  let credit = initialCreditBytes;
  let wake: (() => void) | null = null;
  let pendingWrite = 0;
  let writes: Promise<void> = Promise.resolve();
  let failure: unknown = null;

  const stop = (): void => {
    channel.close();
    wake?.();
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    stop();
  };
  const onWriteFailure = (error: unknown): void => {
    // What runs inside has ended or takes no input: its output says the rest.
    if (error instanceof NovaError && error.code === 'wrong_state') return;
    fail(error);
  };
  signal.addEventListener('abort', stop, { once: true });

  const ended = (): boolean => signal.aborted || failure !== null;
  const send = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length && !ended(); ) {
      if (credit <= 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
        continue;
      }
      const piece = chunk.subarray(at, at + Math.min(credit, maxChunkBytes));
      link.send(encodeData(id, piece));
      credit -= piece.length;
      at += piece.length;
    }
  };

  const run = async (): Promise<number | null> => {
    try {
      for await (const chunk of channel.output) {
        if (ended()) break;
        await send(chunk);
      }
      if (failure !== null) throw failure;
      return signal.aborted || channel.exitCode === undefined ? null : await channel.exitCode();
    } finally {
      signal.removeEventListener('abort', stop);
      channel.close();
    }
  };

  return {
    grant(bytes) {
      credit += bytes;
      wake?.();
    },
    write(bytes) {
      if (pendingWrite + bytes.length > maxPendingWriteBytes) {
        fail(
          new NovaError('resource_exhausted', 'The workload does not take what is written; the console was closed.', {
            retryable: true,
          }),
        );
        return;
      }
      const copy = bytes.slice();
      pendingWrite += copy.length;
      writes = writes
        .then(() => channel.write(copy))
        .catch(onWriteFailure)
        .finally(() => {
          pendingWrite -= copy.length;
        });
    },
    endInput() {
      // After what was written before it.
      writes = writes.then(() => channel.endInput?.()).catch(onWriteFailure);
    },
    resize(columns, rows) {
      channel.resize?.(columns, rows).catch((error: unknown) => {
        // It races with the end of what runs inside; a wrong size is no reason to cut a stream.
        if (!(error instanceof NovaError && error.code === 'wrong_state')) onMinor(error);
      });
    },
    ended: run(),
  };
}
