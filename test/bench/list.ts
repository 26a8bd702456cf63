import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { startBareWebSocket } from './peers/bare-web-socket.ts';
import { makeFakeWorkloads } from './stopped-workloads.ts';
import { inTurns } from './turns.ts';
import { connectWeb } from './web-client.ts';

const count = 1000;
const rounds = 50;
/** Median of one whole list, milliseconds. */
const goalMs = 10;

/**
 * All of 1,000 workloads through the WebSocket, as rows and with their whole specs, against the same JSON through a WebSocket without
 * a host: on a busy machine the ratio says more than the time.
 */
export async function benchList(): Promise<Line[]> {
  await buildHost();
  const home = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  try {
    await makeFakeWorkloads(home, count);
    const server = await startBuiltServer(home, { NOVACRON_FAKE_DRIVER: '1' });
    const client = connectWeb(server.address);
    try {
      const list = () => client.call('workloads.list', {});
      const settled = await poll('the workloads to be found', async () => {
        const all = await list();
        return all.length === count && all.every((each) => each.observation.phase === 'stopped') ? all : null;
      });
      const rows = () => client.call('workloads.rows', {});
      return [
        await beside(`list of ${count}, rows`, rows, await rows()),
        await beside(`list of ${count}, whole`, list, settled),
      ];
    } finally {
      client.close();
      await server.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function beside(name: string, ask: () => Promise<unknown>, payload: unknown): Promise<Line> {
  const bare = await startBareWebSocket(payload);
  try {
    const { ours, peer } = await inTurns(rounds, { ours: () => timed(ask), peer: () => timed(() => bare.ask()) });
    return { name, value: ours, unit: 'ms', peer: { name: 'bare WebSocket', value: peer }, goal: { atMost: goalMs } };
  } finally {
    await bare.close();
  }
}
