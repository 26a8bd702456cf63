import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorData, NovaError } from '../../errors.ts';
import { syncDirectory } from '../machine/durable.ts';

/** Time for QEMU to connect after `migrate`, milliseconds; it does so at once. */
const connectLimitMs = 30_000;
/** Pieces in which a saved memory is read, bytes. */
const readPieceBytes = 1024 * 1024;

/** A file that a migration stream is being written to. */
export type MemoryReceiver = {
  /** Resolves when the stream has ended and the file is durable. Rejects with `resource_exhausted` on a full disk. */
  readonly done: Promise<void>;
  /** Rejects as soon as the file is lost, while the stream may still come. Never resolves. */
  readonly lost: Promise<never>;
  /**
   * Gives the file up; `done` rejects when the stream has ended. What still comes is read and dropped: a QEMU (7.2) whose stream breaks in
   * a background save can stand still for ever, its main loop waiting for a page that nobody releases any more. Idempotent.
   */
  discard(): void;
  /** Ends all at once; `done` rejects unless it is over. Idempotent. */
  close(): void;
};

function writeFailure(file: string, error: unknown): NovaError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new NovaError(
    full ? 'resource_exhausted' : 'internal',
    full
      ? `The disk is full: the memory could not be written to ${dirname(file)}. Free space and take the snapshot again; the machine runs on.`
      : `The memory could not be written to ${file}: ${errorData(error).message}`,
    { cause: error, retryable: full, details: { path: file } },
  );
}

async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Listens on a unix socket for one migration stream and writes it to a new file. QEMU connects to it with `migrate unix:`. */
export async function receiveMemory(socketPath: string, file: string): Promise<MemoryReceiver> {
  rmSync(socketPath, { force: true });
  const server = createServer({ allowHalfOpen: false });
  const connected = Promise.withResolvers<Socket>();
  // Nobody may wait yet when it is closed early.
  connected.promise.catch(() => undefined);
  server.once('connection', (socket) => {
    server.close();
    connected.resolve(socket);
  });
  server.once('error', (error) => connected.reject(error));
  let current: Socket | null = null;
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  let failure: NovaError | null = null;
  const lose = (error: NovaError): void => {
    failure ??= error;
    lost.reject(failure);
  };
  const handle = await openNew(file);
  const drain = async (socket: Socket): Promise<void> => {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      if (failure !== null) {
        continue;
      }
      try {
        // Goes on after a short write by itself.
        await handle.writeFile(chunk);
      } catch (error) {
        lose(writeFailure(file, error));
      }
    }
  };
  const run = async (): Promise<void> => {
    try {
      current = await connected.promise;
      await drain(current);
      if (failure === null) {
        await handle.sync();
        syncDirectory(dirname(file));
      }
    } catch (error) {
      lose(error instanceof NovaError ? error : writeFailure(file, error));
    } finally {
      server.close();
      await handle.close();
      rmSync(socketPath, { force: true });
    }
    if (failure !== null) {
      throw failure;
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => resolve());
  });
  const timer = setTimeout(() => {
    connected.reject(new NovaError('timeout', 'QEMU did not begin to send the memory.'));
  }, connectLimitMs);
  const done = run().finally(() => clearTimeout(timer));
  done.catch(() => undefined);
  return {
    done,
    lost: lost.promise,
    discard() {
      lose(new NovaError('cancelled', 'The memory snapshot was given up.'));
    },
    close() {
      const given = new NovaError('cancelled', 'The memory snapshot was given up.');
      lose(given);
      connected.reject(given);
      current?.destroy();
    },
  };
}

/** Feeds a saved memory to a QEMU that listens on a unix socket after `migrate-incoming`. Resolves when all was handed over. */
export async function sendMemory(
  file: string,
  socketPath: string,
  options: { signal: AbortSignal; sent(bytes: number): void },
): Promise<void> {
  const socket = connect(socketPath);
  let bytes = 0;
  const source = createReadStream(file, { highWaterMark: readPieceBytes });
  source.on('data', (chunk) => {
    bytes += chunk.length;
    options.sent(bytes);
  });
  await pipeline(source, socket, { signal: options.signal });
}
