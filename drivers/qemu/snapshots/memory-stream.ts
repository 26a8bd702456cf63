import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
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
  /** Bytes so far. */
  readonly bytes: number;
  /** Resolves when the stream has ended and the file is durable. Rejects with `resource_exhausted` on a full disk. */
  readonly done: Promise<void>;
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

/** Makes a written file and its name durable. */
async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  syncDirectory(dirname(file));
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
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const run = async (): Promise<void> => {
    try {
      current = await connected.promise;
      await pipeline(current, stream);
      await syncFile(file);
    } catch (error) {
      throw writeFailure(file, error);
    } finally {
      server.close();
      stream.destroy();
      rmSync(socketPath, { force: true });
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
    get bytes() {
      return stream.bytesWritten;
    },
    done,
    close() {
      connected.reject(new NovaError('cancelled', 'The memory snapshot was given up.'));
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
