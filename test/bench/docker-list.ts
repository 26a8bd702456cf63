import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Driver } from '../../drivers/driver.ts';
import { workloadSpecSchema } from '../../drivers/spec.ts';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { inTurns } from './turns.ts';
import { connectWeb } from './web-client.ts';

const containers = 100;
const rounds = 15;
/** Made side by side. */
const atOnce = 4;
/** Five times faster than the command line. */
const ratio = 0.2;

/**
 * A hundred running containers: the list that a window or the command line asks of the host, which follows the engine's events, against
 * `docker ps`. `driver` is another home's on the same engine; what it costs to ask the engine itself stands beside, without a goal.
 */
export async function benchDockerList(driver: Driver, image: string, env: NodeJS.ProcessEnv): Promise<Line[]> {
  await buildHost();
  const home = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  const server = await startBuiltServer(home, { DOCKER_HOST: env['DOCKER_HOST'] ?? '' });
  try {
    const client = connectWeb(server.address);
    try {
      await makeRunning(client, image);
      const rows = () => client.call('workloads.rows', {});
      const docker = () => execa('docker', ['ps', '--no-trunc', '--format', '{{.Names}}'], { env });
      await poll('the host to say what the engine says', async () => {
        const running = (await rows()).filter((row) => row.phase === 'running').map((row) => row.name);
        const told = new Set((await docker()).stdout.split('\n'));
        return running.length === containers && running.every((name) => told.has(name)) ? true : null;
      });
      const times = await inTurns(rounds, {
        ours: () => timed(rows),
        asked: () => timed(async () => driver.discover?.()),
        peer: () => timed(docker),
      });
      const peer = { name: 'docker ps', value: times.peer };
      return [
        {
          name: `docker, list of ${containers} running`,
          value: times.ours,
          unit: 'ms',
          peer,
          goal: { ratioAtMost: ratio },
        },
        { name: `docker, engine asked for ${containers}`, value: times.asked, unit: 'ms', peer, goal: null },
      ];
    } finally {
      client.close();
    }
  } finally {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function makeRunning(client: BridgeClient, image: string): Promise<void> {
  const one = async (index: number): Promise<void> => {
    const settings = { image, command: ['sleep', '100000'] };
    const spec = workloadSpecSchema.parse({ name: `listed-${index}`, driver: 'docker', settings });
    const { job } = await client.call('workloads.create', { spec, start: true });
    await client.call('jobs.wait', { job: job.id });
  };
  for (let index = 0; index < containers; index += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, containers - index) }, (_, more) => one(index + more)));
  }
}
