import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { timed } from './clock.ts';
import { makeFakeWorkloads } from './fake-workloads.ts';
import { type Line, median } from './figures.ts';
import { connectWeb } from './web-client.ts';

const count = 1000;
const rounds = 50;
/** Median of one whole list, milliseconds. */
const goalMs = 10;

/** All of 1,000 workloads through the WebSocket, against writing and reading the same JSON in one process. */
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
      const ours: number[] = [];
      const peer: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await timed(list));
        peer.push(await timed(async () => JSON.parse(JSON.stringify(settled))));
      }
      return [
        {
          name: `list of ${count}`,
          value: median(ours),
          unit: 'ms',
          peer: { name: 'its JSON alone', value: median(peer) },
          goal: { atMost: goalMs },
        },
      ];
    } finally {
      client.close();
      await server.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
