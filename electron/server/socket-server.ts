import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type ServeOptions, serve } from '../bridge/dispatcher.ts';
import type { Handlers } from '../bridge/handlers.ts';
import { socketLink } from '../bridge/transports/unix-socket.ts';
import { hostSocketPath } from './socket-path.ts';

/** A listening socket. */
export type SocketServer = {
  /** Takes no new connections and resolves when the present ones have ended. */
  drain(): Promise<void>;
  /** How many connections are open. */
  connections(): number;
  /** Ends all connections. Idempotent. */
  close(): Promise<void>;
};

/** Listens for the command line. Only the owner may connect. The host's lock is held: an old socket file is nobody's. */
export async function listenSocket(
  handlers: Handlers,
  runtimeDirectory: string,
  options: ServeOptions = {},
): Promise<SocketServer> {
  const path = hostSocketPath(runtimeDirectory);
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socketLink(socket), handlers, options);
  });
  // The directory is 0700 already; the mask closes the moment between bind and chmod.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  let ended: Promise<void> | null = null;
  // Closing removes the socket's file too.
  const drain = (): Promise<void> => {
    ended ??= new Promise((resolve) => {
      server.close(() => resolve());
    });
    return ended;
  };
  return {
    drain,
    connections: () => open.size,
    close() {
      for (const socket of open) socket.destroy();
      return drain();
    },
  };
}
