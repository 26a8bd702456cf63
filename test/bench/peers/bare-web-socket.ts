import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** The same payload through a WebSocket between two processes, and nothing else. */
export type BareWebSocket = {
  /** Asks once; resolves with the parsed value. */
  ask(): Promise<unknown>;
  close(): Promise<void>;
};

/** Starts the server in a process of its own and connects. */
export async function startBareWebSocket(value: unknown): Promise<BareWebSocket> {
  const directory = mkdtempSync(join(tmpdir(), 'nb-'));
  const file = join(directory, 'value.json');
  writeFileSync(file, JSON.stringify(value));
  const server = spawn(process.execPath, [join(import.meta.dirname, 'echo-server.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const socket = new WebSocket(`ws://127.0.0.1:${port.toString().trim()}`, { perMessageDeflate: false });
  await once(socket, 'open');
  let id = 0;
  return {
    async ask() {
      id += 1;
      socket.send(JSON.stringify({ id }));
      const [message] = (await once(socket, 'message')) as [Buffer];
      return (JSON.parse(message.toString()) as { value: unknown }).value;
    },
    async close() {
      socket.terminate();
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
