import type { Duplex } from 'node:stream';
import type { ByteChannel } from '../../driver.ts';
import { NovaError } from '../../errors.ts';

/** A duplex stream of the engine as a ByteChannel. `output` is what is read of it: the stream itself, or what its frames hold. */
export function streamChannel(
  stream: Duplex,
  output: AsyncIterable<Uint8Array>,
  options: {
    writable: boolean;
    subject: string;
    resize?: (columns: number, rows: number) => Promise<void>;
    exitCode?: () => Promise<number | null>;
    /** Called once, when the channel is closed before its output has ended. */
    left?: () => void;
  },
): ByteChannel {
  let closed = false;
  let ended = false;
  // Without a listener an error of a closed connection would end the process; the reader sees the end.
  stream.on('error', () => undefined);
  return {
    output: (async function* read() {
      try {
        yield* output;
        ended = true;
      } catch (error) {
        if (!closed)
          throw new NovaError('engine_unavailable', `The stream to ${options.subject} was cut.`, {
            cause: error,
            retryable: true,
          });
      }
    })(),
    async write(bytes) {
      if (!options.writable || closed || stream.writableEnded) {
        throw new NovaError('wrong_state', `${options.subject}: this console can't be written to.`);
      }
      await new Promise<void>((resolve, reject) => {
        stream.write(bytes, (error) => {
          if (error)
            reject(new NovaError('wrong_state', `${options.subject}: the console is closed.`, { cause: error }));
          else resolve();
        });
      });
    },
    async endInput() {
      // Half-closed: what runs inside sees the end of its input, its output goes on.
      if (options.writable && !closed && !stream.writableEnded) stream.end();
    },
    ...(options.resize === undefined ? {} : { resize: options.resize }),
    ...(options.exitCode === undefined ? {} : { exitCode: options.exitCode }),
    close() {
      if (closed) return;
      closed = true;
      stream.destroy();
      if (!ended) options.left?.();
    },
  };
}
