import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectAgent } from '../../../../../drivers/qemu/agent/connection.ts';

let directory: string;
let server: Server | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nq-agent-'));
});
afterEach(() => {
  server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A guest that answers each command by a script; a synchronisation is answered as the real agent does. */
function guest(answer: (command: string, socket: Socket) => void, before = ''): Promise<string> {
  const path = join(directory, 'agent');
  return new Promise((resolve) => {
    server = createServer((socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const { execute, arguments: args } = JSON.parse(line.replace(/^.*\xff/, '')) as {
            execute: string;
            arguments?: { id: number };
          };
          if (execute === 'guest-sync-delimited') {
            socket.write(before);
            socket.write(Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${args?.id ?? 0}}\n`)]));
          } else answer(execute, socket);
        }
      });
    });
    server.listen(path, () => resolve(path));
  });
}

test('old answers and garbage before the synchronisation are not taken for answers', async () => {
  const path = await guest(
    (_command, socket) => socket.write('{"return": {"mine": true}}\n'),
    '{"return": {"old": 1}}\nrubbish\n{"return": 7}\n',
  );
  const agent = await connectAgent(path, { syncTimeoutMs: 5_000 });
  expect(await agent.execute('guest-info')).toEqual({ mine: true });
  agent.close();
});

test('commands go one after the other, and a refusal is the one of its command', async () => {
  const path = await guest((command, socket) =>
    socket.write(
      command === 'bad'
        ? '{"error": {"class": "GenericError", "desc": "no"}}\n'
        : command === 'unknown'
          ? '{"error": {"class": "CommandNotFound", "desc": "x"}}\n'
          : `{"return": "${command}"}\n`,
    ),
  );
  const agent = await connectAgent(path, { syncTimeoutMs: 5_000 });
  const asked = await Promise.allSettled(['a', 'bad', 'unknown', 'b'].map((command) => agent.execute(command)));
  expect(asked.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code))).toEqual([
    'a',
    'internal',
    'unsupported',
    'b',
  ]);
  agent.close();
});

test('one that does not answer in time is closed, so that a late answer is nobody else’s', async () => {
  const path = await guest(() => undefined);
  const agent = await connectAgent(path, { syncTimeoutMs: 5_000 });
  await expect(agent.execute('guest-ping', undefined, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
  expect(agent.open).toBe(false);
  await expect(agent.execute('guest-ping')).rejects.toMatchObject({ code: 'engine_unavailable' });
});

test('nobody is waited for who does not synchronise', async () => {
  const path = join(directory, 'deaf');
  server = createServer((socket) => socket.on('error', () => undefined).write('{}\n\u0001\n'));
  await new Promise<void>((resolve) => {
    server?.listen(path, resolve);
  });
  await expect(connectAgent(path, { syncTimeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
  await expect(connectAgent(join(directory, 'none'), { syncTimeoutMs: 30 })).rejects.toMatchObject({
    code: 'engine_unavailable',
  });
});
