import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The greeting of a real QEMU. */
export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n';

/** A command that the monitor got. */
export type Received = { execute: string; arguments?: Record<string, unknown>; id?: number };

/** A monitor that plays a script. */
export type FakeMonitor = {
  path: string;
  /** Commands so far. */
  received: Received[];
  /** The last connection. */
  socket(): Socket;
  connections(): number;
  close(): Promise<void>;
};

/**
 * Opens a monitor. It greets (unless `greet` is false) and calls `answer` for each command but the negotiation, which it accepts
 * itself unless `negotiate` is false.
 */
export async function createFakeMonitor(options: {
  greet?: boolean;
  negotiate?: boolean;
  answer?(command: Received, socket: Socket): void;
}): Promise<FakeMonitor> {
  const directory = mkdtempSync(join(tmpdir(), 'nq-qmp-'));
  const path = join(directory, 'qmp');
  const sockets: Socket[] = [];
  const received: Received[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    if (options.greet !== false) {
      socket.write(greeting);
    }
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const command = JSON.parse(line) as Received;
        if (command.execute === 'qmp_capabilities' && options.negotiate !== false) {
          socket.write(`${JSON.stringify({ return: {}, id: command.id })}\r\n`);
        } else {
          received.push(command);
          options.answer?.(command, socket);
        }
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    path,
    received,
    connections: () => sockets.length,
    socket() {
      const last = sockets.at(-1);
      if (last === undefined) {
        throw new Error('nobody has connected');
      }
      return last;
    },
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
