import { type Duplex, PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ByteChannel } from '../../driver.ts';
import { NovaError } from '../../errors.ts';

/** Splits the engine's multiplexed stream (8 bytes of header a frame) into one stream of text, standard output and error together. */
export function demultiplex(docker: Docker, stream: Readable): Readable {
  const joined = new PassThrough();
  docker.modem.demuxStream(stream as NodeJS.ReadableStream, joined, joined);
  stream.once('end', () => joined.end());
  stream.once('close', () => joined.end());
  stream.once('error', (error) => joined.destroy(error));
  return joined;
}

/** A duplex stream of the engine as a ByteChannel. `output` is what is read: the stream itself, or its demultiplexed form. */
export function streamChannel(
  stream: Duplex,
  output: Readable,
  options: {
    writable: boolean;
    subject: string;
    resize?: (columns: number, rows: number) => Promise<void>;
    exitCode?: () => Promise<number | null>;
  },
): ByteChannel {
  let closed = false;
  // Without a listener an error of a closed connection would end the process; the reader sees the end.
  stream.on('error', () => undefined);
  return {
    output: (async function* read() {
      try {
        for await (const chunk of output) yield chunk as Uint8Array;
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
      output.destroy();
    },
  };
}

/** Takes the frame headers (stream, three zero bytes, length big-endian) out of a whole log answer. */
export function stripHeaders(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}
