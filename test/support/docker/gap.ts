import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A way to an engine on which the stream of events can be cut while all else goes on. */
export type EventGap = {
  address: string;
  /** Streams of events that are open. */
  open(): number;
  /** What the requests for events asked for, oldest first. */
  asked(): string[];
  /** Cuts the streams and refuses new ones. */
  cut(): void;
  /** Lets new ones through. */
  mend(): void;
  close(): Promise<void>;
};

/** Passes requests on to the engine at `address` (a unix socket). */
export async function openEventGap(address: string): Promise<EventGap> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-gap-'));
  const socketPath = join(folder, 'docker.sock');
  const streams = new Set<Socket>();
  const asked: string[] = [];
  let refuse = false;
  const server = createServer((incoming, answer) => {
    const isStream = /^(\/v[\d.]+)?\/events(\?|$)/.test(incoming.url ?? '');
    if (isStream && refuse) {
      incoming.socket.destroy();
      return;
    }
    const passed = request(
      {
        socketPath: address.slice('unix://'.length),
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (real) => {
        answer.writeHead(real.statusCode ?? 500, real.headers);
        answer.flushHeaders();
        real.once('error', () => incoming.socket.destroy());
        real.pipe(answer);
      },
    );
    passed.once('error', () => incoming.socket.destroy());
    answer.once('close', () => passed.destroy());
    if (isStream) {
      asked.push(incoming.url ?? '');
      streams.add(incoming.socket);
      answer.once('close', () => streams.delete(incoming.socket));
    }
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    address: `unix://${socketPath}`,
    open: () => streams.size,
    asked: () => asked,
    cut() {
      refuse = true;
      for (const socket of streams) socket.destroy();
    },
    mend() {
      refuse = false;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
