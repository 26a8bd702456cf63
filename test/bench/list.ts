import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { timed } from './clock.ts';
import { makeFakeWorkloads } from './fake-workloads.ts';
import type { Line } from './figures.ts';
import { connectWeb } from './web-client.ts';

const count = 1000;
const rounds = 50;
/** Median of one whole list, milliseconds. */
const goalMs = 10;

/**
 * All of 1,000 workloads through the WebSocket, as rows and with their whole specs, against writing and reading the
 * JSON of the whole in one process: on a busy machine the ratio says more than the time.
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
      const whole: number[] = [];
      const short: number[] = [];
      const json: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        whole.push(await timed(list));
        short.push(await timed(rows));
        json.push(await timed(async () => JSON.parse(JSON.stringify(settled))));
      }
      const peer = { name: 'JSON of the whole alone', value: json };
      return [
        { name: `list of ${count}, rows`, value: short, unit: 'ms', peer, goal: { atMost: goalMs } },
        { name: `list of ${count}, whole`, value: whole, unit: 'ms', peer, goal: { atMost: goalMs } },
      ];
    } finally {
      client.close();
      await server.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
