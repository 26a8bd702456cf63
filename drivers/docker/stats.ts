import type { Readable } from 'node:stream';
import type { ContainerStats } from 'dockerode';
import type { Stats, WorkloadRef } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { readLines } from './engine/lines.ts';
import { type DockerEnvironment, inspectContainer } from './environment.ts';

/** Docker counts CPU time in nanoseconds. */
const nanosecondsPerMs = 1e6;

/** One message of the statistics stream in common counters, for cgroup v1 and v2. Pure. */
export function dockerStats(raw: ContainerStats): Stats {
  const memory = raw.memory_stats as { usage?: number; limit?: number; stats?: Record<string, number> };
  const cache = memory.stats?.['inactive_file'] ?? memory.stats?.['total_inactive_file'] ?? 0;
  const entries = (raw.blkio_stats?.io_service_bytes_recursive ?? []) as { op: string; value: number }[] | null;
  const disk = (op: string): number =>
    (entries ?? []).filter((one) => one.op.toLowerCase() === op).reduce((sum, one) => sum + one.value, 0);
  const networks = Object.values((raw.networks ?? {}) as Record<string, { rx_bytes: number; tx_bytes: number }>);
  return {
    atMs: Date.parse(raw.read),
    cpuTimeMs: raw.cpu_stats.cpu_usage.total_usage / nanosecondsPerMs,
    ...(memory.usage === undefined ? {} : { memoryBytes: Math.max(0, memory.usage - cache) }),
    ...(memory.limit === undefined ? {} : { memoryLimitBytes: memory.limit }),
    diskReadBytes: disk('read'),
    diskWriteBytes: disk('write'),
    networkRxBytes: networks.reduce((sum, one) => sum + one.rx_bytes, 0),
    networkTxBytes: networks.reduce((sum, one) => sum + one.tx_bytes, 0),
    ...(raw.pids_stats?.current === undefined ? {} : { processes: raw.pids_stats.current }),
  };
}

/** Samples of one container from the engine's stream; ends when it stops or on abort. */
export async function* containerStats(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  everyMs: number,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const { engine } = environment;
  const info = await inspectContainer(environment, ref);
  if (!info.State.Running) return;
  const stream = (await engine.ask(`Reading the statistics of ${ref.name}`, () =>
    engine.docker.getContainer(info.Id).stats({ stream: true }),
  )) as unknown as Readable;
  let last = 0;
  try {
    for await (const line of readLines(stream, signal)) {
      if (signal.aborted) return;
      const raw = JSON.parse(line) as ContainerStats;
      // A stopped container goes on to send empty samples.
      if (!raw.read || raw.read.startsWith('0001') || !raw.pids_stats?.current) return;
      const sample = dockerStats(raw);
      // The engine sends one a second; a slower watcher takes fewer.
      if (sample.atMs - last < everyMs - 500) continue;
      last = sample.atMs;
      yield sample;
    }
  } catch (error) {
    if (!signal.aborted)
      throw new NovaError('engine_unavailable', `The statistics of ${ref.name} ended.`, {
        cause: error,
        retryable: true,
      });
  }
}
