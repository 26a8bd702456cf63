import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ContainerStats } from 'dockerode';
import type { Stats, WorkloadRef } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { readLines } from './engine/lines.ts';
import { type DockerEnvironment, inspectContainer, isGone } from './environment.ts';

/** Docker counts CPU time in nanoseconds. */
const nanosecondsPerMs = 1e6;
/** A watcher this slow asks for each sample: a stream brings one a second and has the engine measure as often, milliseconds. */
const askedFromMs = 2_000;

/** One message of the statistics stream in common counters, for cgroup v1 and v2. Pure. */
export function dockerStats(raw: ContainerStats): Stats {
  const memory = raw.memory_stats as { usage?: number; limit?: number; stats?: Record<string, number> };
  // As the docker command counts: what could be given back at once is not in use. v1 tells it with the groups below as a total.
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0;
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

/** The sample in a message of the engine; null for the empty one that it sends of a container that does not run. */
function sampleOf(raw: ContainerStats): Stats | null {
  if (!raw.read || raw.read.startsWith('0001') || !raw.pids_stats?.current) return null;
  return dockerStats(raw);
}

/** One sample a second, as the engine sends them. */
async function* streamed(
  environment: DockerEnvironment,
  container: Docker.Container,
  what: string,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const stream = (await environment.engine.ask(what, () => container.stats({ stream: true }))) as unknown as Readable;
  for await (const line of readLines(stream, signal)) {
    const sample = signal.aborted ? null : sampleOf(JSON.parse(line) as ContainerStats);
    if (sample === null) return;
    yield sample;
  }
}

/** One sample whenever it is time: the engine measures only those that are asked for. */
async function* asked(
  environment: DockerEnvironment,
  container: Docker.Container,
  what: string,
  options: { everyMs: number; signal: AbortSignal },
): AsyncIterable<Stats> {
  const { everyMs, signal } = options;
  while (!signal.aborted) {
    const raw = await environment.engine.ask(what, () => container.stats({ stream: false, 'one-shot': true }));
    const sample = sampleOf(raw);
    if (sample === null) return;
    yield sample;
    await sleep(everyMs, undefined, { signal });
  }
}

/**
 * Samples of one container, at most one in `everyMs` and at most one a second; ends when it stops or on abort. Throws
 * `engine_unavailable`, retryable, when the engine goes away.
 */
export async function* containerStats(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  everyMs: number,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const info = await inspectContainer(environment, ref);
  if (!info.State.Running) return;
  const container = environment.engine.docker.getContainer(info.Id);
  const what = `Reading the statistics of ${ref.name}`;
  try {
    yield* everyMs < askedFromMs
      ? streamed(environment, container, what, signal)
      : asked(environment, container, what, { everyMs, signal });
  } catch (error) {
    if (signal.aborted) return;
    if (isGone(error)) return;
    throw new NovaError('engine_unavailable', `The statistics of ${ref.name} ended.`, {
      cause: error,
      retryable: true,
    });
  }
}
