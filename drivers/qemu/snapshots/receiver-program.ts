import { findProgram } from '../probe/binaries.ts';

/** How long the program waits for QEMU to connect before it ends, milliseconds. */
const connectLimitMs = 60_000;

/**
 * The program that owns the end of a migration stream, as `node -e` runs it: it must not depend on any file, since the application may be
 * packed into one archive, nor on anything outside of the function. It listens on the socket that its argument names, says so on
 * descriptor 3, and writes the one stream that comes to its standard output, the memory's file. When it can't write any more it goes
 * on reading. Ends with the stream, so with QEMU at the latest: 0 when all is in the file.
 */
function receive(limitMs: number): void {
  const net = process.getBuiltinModule('node:net');
  const fs = process.getBuiltinModule('node:fs');
  const path = process.argv[1] ?? '';
  const late = setTimeout(() => process.exit(2), limitMs);
  let failed = false;
  const write = (chunk: Uint8Array): void => {
    try {
      for (let from = 0; from < chunk.length; ) {
        from += fs.writeSync(1, chunk, from);
      }
    } catch {
      // The host finds the reason out by itself.
      failed = true;
    }
  };
  const server = net.createServer((socket) => {
    clearTimeout(late);
    server.close();
    socket.on('data', (chunk: Uint8Array) => {
      if (!failed) {
        write(chunk);
      }
    });
    // A stream that breaks ends too.
    socket.on('error', () => undefined);
    socket.on('close', () => process.exit(failed ? 1 : 0));
  });
  server.listen(path, () => {
    try {
      fs.writeSync(3, '.');
      fs.closeSync(3);
    } catch {
      // The host is gone; QEMU may come all the same.
    }
  });
}

/** The argument vector of the program without Node itself. */
export function receiverArguments(socketPath: string): string[] {
  return ['-e', `(${receive.toString()})(${connectLimitMs})`, socketPath];
}

/** Node for programs that outlive us; null where there is none. Electron is none: its packages are told not to serve as Node. */
export function nodeProgram(): string | null {
  return process.versions['electron'] === undefined ? process.execPath : findProgram('node', process.env['PATH'] ?? '');
}
