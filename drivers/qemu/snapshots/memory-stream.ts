import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorData, NovaError } from '../../errors.ts';
import { syncDirectory } from '../machine/durable.ts';
import { nodeProgram, receiverArguments } from './receiver-program.ts';

/** Pieces in which a saved memory is read, bytes. */
const readPieceBytes = 1024 * 1024;

/**
 * A file that a migration stream is being written to. A QEMU (7.2) whose stream breaks in a background save stands still for ever, its
 * main loop waiting for a page that nobody releases any more; so the stream's reader is a program of its own that outlives us. It has the
 * file as an open descriptor, so that a file that is removed under it does not come again.
 */
export type MemoryReceiver = {
  /** Resolves when the stream has ended and the file is durable. Rejects with `resource_exhausted` on a full disk. */
  readonly done: Promise<void>;
  /** Ends the reader. Only before a stream has begun. Idempotent. */
  stop(): void;
  /** A stream that has not ended after this time is waited for no longer; `done` then rejects. Its reader goes on to its end. Idempotent. */
  giveUp(graceMs: number): void;
};

/** Null when the reader of a stream can be a program of its own, else the reason. Without it only a guest that stands can be saved. */
export function whyNotApart(): string | null {
  return nodeProgram() === null
    ? 'There is no "node" on the PATH, and without it a crash of NovaCron in the midst of a save could hang the machine.'
    : null;
}

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

/** More than what may be left on a disk that is full, bytes. */
const probeBytes = 1024 * 1024;

/** Why the program could not write: the kernel tells us the same when we write to the end of the file, which is lost anyway. */
async function whyNotWritten(file: string, handle: FileHandle, how: string): Promise<NovaError> {
  try {
    await handle.appendFile(Buffer.alloc(probeBytes));
    await handle.sync();
  } catch (error) {
    return writeFailure(file, error);
  }
  return writeFailure(file, new Error(`the program that writes it ended with ${how}`));
}

/** How a reader ended: null when all was written. */
type Reader = { ended: Promise<string | null>; stop(): void };

/** Starts the program. Resolves when it listens. Rejects when it can't be run or ends before. */
async function readApart(node: string, socketPath: string, handle: FileHandle): Promise<Reader> {
  const child: ChildProcess = spawn(node, receiverArguments(socketPath), {
    detached: true,
    cwd: '/',
    // Options for Node in our own environment are not meant for it.
    env: {},
    stdio: ['ignore', handle.fd, 'ignore', 'pipe'],
  });
  const ended = new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  ended.catch(() => undefined);
  const ready = child.stdio[3];
  const listening = new Promise<null>((resolve) => {
    ready?.once('data', () => resolve(null));
  });
  const failed = async (): Promise<never> => {
    throw new Error(`the program that writes it ended with ${await ended}`);
  };
  await Promise.race([listening, failed()]);
  ready?.destroy();
  child.unref();
  return { ended, stop: () => void child.kill('SIGKILL') };
}

/** Reads in this process: where there is no program for it, and the guest stands, so that nothing is lost with us. */
async function readHere(socketPath: string, handle: FileHandle): Promise<Reader> {
  const server = createServer();
  const { promise: ended, resolve } = Promise.withResolvers<string | null>();
  server.once('connection', (socket: Socket) => {
    server.close();
    const drain = async (): Promise<void> => {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        await handle.appendFile(chunk);
      }
      resolve(null);
    };
    drain().catch((error: unknown) => resolve(errorData(error).message));
  });
  server.unref();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(socketPath, listening);
  });
  return {
    ended,
    stop() {
      server.close();
      resolve('nothing');
    },
  };
}

/** Listens on a unix socket for one migration stream and has it written to a new file. QEMU connects to it with `migrate unix:`. */
export async function receiveMemory(socketPath: string, file: string): Promise<MemoryReceiver> {
  rmSync(socketPath, { force: true });
  const handle = await openNew(file);
  const node = nodeProgram();
  let reader: Reader;
  try {
    reader = await (node === null ? readHere(socketPath, handle) : readApart(node, socketPath, handle));
  } catch (error) {
    await handle.close();
    rmSync(file, { force: true });
    throw writeFailure(file, error);
  }
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => undefined);
  const run = async (): Promise<void> => {
    try {
      const how = await Promise.race([reader.ended, given.promise]);
      if (how !== null) {
        throw await whyNotWritten(file, handle, how);
      }
      await handle.sync();
      syncDirectory(dirname(file));
    } finally {
      await handle.close();
      rmSync(socketPath, { force: true });
    }
  };
  const done = run();
  done.catch(() => undefined);
  return {
    done,
    stop: () => reader.stop(),
    giveUp(graceMs) {
      const timer = setTimeout(
        () => given.reject(new NovaError('cancelled', 'The memory snapshot was given up.')),
        graceMs,
      );
      timer.unref();
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
