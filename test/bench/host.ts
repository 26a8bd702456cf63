import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { clientOf } from '../support/e2e/seed.ts';
import { endProcessesMentioning } from '../support/processes.ts';
import { poll } from '../support/qemu/wait.ts';
import { buildHost, startBuiltServer } from './built-server.ts';
import { cpuMs, residentMB, timed } from './clock.ts';
import type { Line } from './figures.ts';
import { makeMachines } from './stopped-workloads.ts';
import { inTurns } from './turns.ts';

const starts = 5;
const workloads = 50;
/** What follows a start (probes, recovery) is over after this time, milliseconds. */
const settleMs = 5_000;
/** How long an idle host is watched, milliseconds: ticks of 10 ms against 1 % of a core. */
const idleMs = 5_000;
const looks = 3;
/** Ready, milliseconds; resident, megabytes; idle, % of a core. */
const goals = { readyMs: 400, residentMB: 120, idlePercent: 1 };

/** What the built host costs: its start against an empty Node program, its size, and its idle CPU with running workloads. */
export async function benchHost(): Promise<Line[]> {
  await buildHost();
  const home = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  try {
    await makeMachines(home, workloads);
    const { ready, empty } = await inTurns(starts, {
      // The first start of a data directory makes it and compiles the code: once in its life, and no round that counts.
      ready: async () => {
        const server = await startBuiltServer(home);
        await server.close();
        return server.readyMs;
      },
      empty: () => timed(() => execa(process.execPath, ['-e', '0'])),
    });
    await startAll(home);
    // One that found them running: what a user has on most days.
    const server = await startBuiltServer(home);
    try {
      const bare = execa(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { reject: false });
      try {
        await sleep(settleMs);
        const ours = await idle(server.pid);
        const peer = await idle(bare.pid ?? 0);
        const name = 'idle Node';
        return [
          {
            name: 'host, ready',
            value: ready,
            unit: 'ms',
            peer: { name: 'node -e 0', value: empty },
            goal: { atMost: goals.readyMs },
          },
          {
            name: `host, resident, ${workloads} running`,
            value: ours.residentMB,
            unit: 'MB',
            peer: { name, value: peer.residentMB },
            goal: { atMost: goals.residentMB },
          },
          {
            name: `host, idle CPU, ${workloads} running`,
            value: ours.cpuPercent,
            unit: '%',
            peer: { name, value: peer.cpuPercent },
            goal: { atMost: goals.idlePercent },
          },
        ];
      } finally {
        bare.kill();
        await bare;
      }
    } finally {
      await server.close();
    }
  } finally {
    await endProcessesMentioning(home);
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a process holds and uses while nobody asks for anything. */
async function idle(pid: number): Promise<{ residentMB: number[]; cpuPercent: number[] }> {
  const held: number[] = [];
  const cpuPercent: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    const before = cpuMs(pid);
    const watchedMs = await timed(() => sleep(idleMs));
    cpuPercent.push(((cpuMs(pid) - before) / watchedMs) * 100);
    held.push(residentMB(pid));
  }
  return { residentMB: held, cpuPercent };
}

/** Starts all machines by a host of its own. */
async function startAll(home: string): Promise<void> {
  const server = await startBuiltServer(home);
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
    await server.close();
  }
}
