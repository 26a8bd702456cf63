import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Stats } from '../../driver.ts';
import { type GuestNetwork, guestNetwork } from '../agent/network.ts';
import { isAgentEvent } from '../agent/watch.ts';
import { vcpuThreads } from '../lifecycle/confirm.ts';
import type { LiveState } from '../lifecycle/live.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { processResidentBytes, threadsCpuTimeMs } from './process.ts';

/** How often the guest's balloon driver is asked, seconds. */
const balloonPollSeconds = 2;
/** Where the balloon is in QEMU's object tree. */
const balloonPath = '/machine/peripheral/balloon0';
/** A statistic that does not come is left out, not waited for. */
const statTimeoutMs = 2_000;
/** A guest without an agent, or whose agent let a question pass, is left alone for so long or until one opens its port. */
const deafForMs = 30_000;

const blockSchema = z.array(
  z.object({ qdev: z.string().optional(), stats: z.object({ rd_bytes: z.number(), wr_bytes: z.number() }) }),
);
const guestSchema = z.object({ 'last-update': z.number(), stats: z.record(z.string(), z.number()) });

/** Memory in use from the balloon's statistics, bytes. Absent values are 2^64-1, which JSON gives as a huge number. */
export function guestMemory(stats: Record<string, number>): number | undefined {
  const valid = (value: number | undefined): number | undefined =>
    value === undefined || value < 0 || value > Number.MAX_SAFE_INTEGER ? undefined : value;
  const total = valid(stats['stat-total-memory']);
  const free = valid(stats['stat-available-memory']) ?? valid(stats['stat-free-memory']);
  return total === undefined || free === undefined ? undefined : Math.max(0, total - free);
}

async function ask<T>(
  client: QmpClient,
  schema: z.ZodType<T>,
  command: string,
  args?: Record<string, unknown>,
): Promise<T | undefined> {
  try {
    return schema.parse(await client.execute(command, args, { timeoutMs: statTimeoutMs }));
  } catch {
    // Not there (no balloon driver yet) or too slow: the sample goes without it.
    return undefined;
  }
}

async function sample(
  machine: Machine,
  live: LiveState,
  client: QmpClient | null,
  threads: number[],
  network: GuestNetwork | null,
): Promise<Stats> {
  const pid = machine.record.run?.pid ?? 0;
  const [block, guest] =
    client === null
      ? []
      : await Promise.all([
          ask(client, blockSchema, 'query-blockstats'),
          ask(client, guestSchema, 'qom-get', { path: balloonPath, property: 'guest-stats' }),
        ]);
  const sum = (pick: (stats: { rd_bytes: number; wr_bytes: number }) => number): number | undefined =>
    block?.reduce((total, entry) => total + pick(entry.stats), 0);
  const result: Stats = {
    atMs: Date.now(),
    cpuTimeMs: threadsCpuTimeMs(pid, threads),
    memoryBytes: processResidentBytes(pid),
    guestMemoryBytes: guest === undefined || guest['last-update'] === 0 ? undefined : guestMemory(guest.stats),
    memoryLimitBytes: live.confirmed?.memoryBytes ?? machine.record.spec.resources.memoryBytes,
    diskReadBytes: sum((stats) => stats.rd_bytes),
    diskWriteBytes: sum((stats) => stats.wr_bytes),
    networkRxBytes: network?.rxBytes,
    networkTxBytes: network?.txBytes,
  };
  // Absent, not undefined: the values travel as JSON.
  return JSON.parse(JSON.stringify(result)) as Stats;
}

/** Samples a run until it ends or the signal is aborted. A monitor that does not answer leaves out its values only. */
export async function* sampleStats(
  machine: Machine,
  live: () => LiveState,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<Stats> {
  const boot = machine.record.run?.boot;
  let threads: number[] = [];
  let polled: QmpClient | null = null;
  let deafUntil = 0;
  let unlisten = (): void => undefined;
  try {
    while (!signal.aborted && machine.record.run !== null && machine.record.run.boot === boot) {
      const client = machine.connected;
      if (client !== null && polled !== client) {
        polled = client;
        unlisten();
        unlisten = client.onEvent((event) => {
          if (isAgentEvent(event)) {
            deafUntil = 0;
          }
        });
        await ask(client, z.unknown(), 'qom-set', {
          path: balloonPath,
          property: 'guest-stats-polling-interval',
          value: balloonPollSeconds,
        });
      }
      if (client !== null && (threads.length === 0 || threads.length !== live().confirmed?.vcpus)) {
        try {
          threads = await vcpuThreads(client);
        } catch {
          // The old threads serve until it answers.
        }
      }
      let network: GuestNetwork | null = null;
      if (live().status?.phase === 'running' && !live().stopping && Date.now() >= deafUntil) {
        // Before the question: an agent that comes meanwhile is asked at the next sample.
        deafUntil = Date.now() + deafForMs;
        const agent = await machine.agent();
        network = agent === null ? null : await guestNetwork(agent, statTimeoutMs);
        deafUntil = network === null ? deafUntil : 0;
      }
      const taken = await sample(machine, live(), client, threads, network);
      if (machine.state() === 'gone') {
        // Counters of a process that has ended read as zero.
        return;
      }
      yield taken;
      try {
        await sleep(everyMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
    }
  } finally {
    // The connection outlives its readers: one comes with each who begins or ends to watch.
    unlisten();
  }
}
