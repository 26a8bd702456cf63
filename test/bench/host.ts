import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { clientOf } from '../support/e2e/seed.ts';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { cpuMs, residentMB, timed } from './clock.ts';
import { makeFakeWorkloads } from './fake-workloads.ts';
import { type Line, median } from './figures.ts';

const starts = 5;
const workloads = 50;
/** What follows a start (probes, recovery) is over after this time, milliseconds. */
const settleMs = 5_000;
/** How long an idle host is watched, milliseconds: ticks of 10 ms against 1 % of a core. */
const idleMs = 10_000;
/** Ready, milliseconds; resident, megabytes; idle, % of a core. */
const goals = { readyMs: 400, residentMB: 120, idlePercent: 1 };

/** What the built host costs: its start against an empty Node program, its size, and its idle CPU with running workloads. */
export async function benchHost(): Promise<Line[]> {
  await buildHost();
  const home = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  try {
    await makeFakeWorkloads(home, workloads);
    const ready: number[] = [];
    const empty: number[] = [];
    for (let round = 0; round <= starts; round += 1) {
      const server = await startBuiltServer(home, { NOVACRON_FAKE_DRIVER: '1' });
      await server.close();
      const emptyMs = await timed(() => execa(process.execPath, ['-e', '0']));
      // The first start of a data directory makes it and compiles the code: once in its life.
      if (round > 0) {
        ready.push(server.readyMs);
        empty.push(emptyMs);
      }
    }
    const server = await startBuiltServer(home, { NOVACRON_FAKE_DRIVER: '1' });
    try {
      await startAll(home);
      await sleep(settleMs);
      const before = cpuMs(server.pid);
      const watchedMs = await timed(() => sleep(idleMs));
      const idlePercent = ((cpuMs(server.pid) - before) / watchedMs) * 100;
      return [
        {
          name: 'host, ready',
          value: median(ready),
          unit: 'ms',
          peer: { name: 'node -e 0', value: median(empty) },
          goal: { atMost: goals.readyMs },
        },
        { name: 'host, resident', value: residentMB(server.pid), unit: 'MB', goal: { atMost: goals.residentMB } },
        {
          name: `host, idle CPU, ${workloads} running`,
          value: idlePercent,
          unit: '%',
          goal: { atMost: goals.idlePercent },
        },
      ];
    } finally {
      await server.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function startAll(home: string): Promise<void> {
  const client = clientOf(home);
  try {
    for (let index = 0; index < workloads; index += 1) {
      const { job } = await client.call('workloads.start', { workload: `w${index}` });
      await client.call('jobs.wait', { job: job.id });
    }
    await poll('all to run', async () => {
      const all = await client.call('workloads.list', {});
      return all.filter((each) => each.observation.phase === 'running').length === workloads ? true : null;
    });
  } finally {
    client.close();
  }
}
