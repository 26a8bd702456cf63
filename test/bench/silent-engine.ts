import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHost, startBuiltServer } from './built-server.ts';
import type { Line } from './figures.ts';
import { inTurns } from './turns.ts';

const rounds = 5;
/** Nothing but noise may lie between the two. */
const ratio = 1.1;

/** The host's start beside an engine that accepts and never answers, against one without an engine. */
export async function benchSilentEngine(): Promise<Line[]> {
  await buildHost();
  const directory = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  const path = join(directory, 'docker.sock');
  const open = new Set<Socket>();
  const silent = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    silent.listen(path, resolve);
  });
  const start = async (home: string, address: string): Promise<number> => {
    const server = await startBuiltServer(join(directory, home), { DOCKER_HOST: `unix://${address}` });
    await server.close();
    return server.readyMs;
  };
  try {
    const { ours, peer } = await inTurns(rounds, {
      ours: () => start('silent', path),
      peer: () => start('none', join(directory, 'nothing.sock')),
    });
    return [
      {
        name: 'host, ready beside an engine that never answers',
        value: ours,
        unit: 'ms',
        peer: { name: 'without an engine', value: peer },
        goal: { ratioAtMost: ratio },
      },
    ];
  } finally {
    for (const socket of open) socket.destroy();
    silent.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
