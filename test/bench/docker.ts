import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { createDockerDriver } from '../../drivers/docker/driver.ts';
import type { Driver, WorkloadRef } from '../../drivers/driver.ts';
import { workloadSpecSchema } from '../../drivers/spec.ts';
import { importBusybox, startDaemon, whyNoDocker } from '../support/docker/daemon.ts';
import { testContext } from '../support/qemu/rig.ts';
import { cpuMs, timed } from './clock.ts';
import { benchDockerList } from './docker-list.ts';
import { type Line, median } from './figures.ts';

const runs = 5;
const containers = 50;
/** How long statistics are watched, milliseconds. */
const statsMs = 10_000;
/** And how long before: they run for hours, and what the first seconds cost (code that is not compiled yet) is no part of that, milliseconds. */
const statsWarmUpMs = 10_000;
/** At most this part of the command line's time; statistics under 3 % of a core. */
const goals = { ratio: 0.95, statsPercent: 3 };

/** Containers by the driver against the docker command, on a daemon of its own. */
export async function benchDocker(): Promise<Line[]> {
  const why = await whyNoDocker();
  if (why !== null) return [{ name: 'docker', skipped: why }];
  const daemon = await startDaemon();
  const root = mkdtempSync(join(tmpdir(), 'nova-bench-'));
  const env = { ...process.env, DOCKER_HOST: daemon.address };
  const driver = createDockerDriver({ root, env });
  const docker = (...args: string[]) => execa('docker', args, { env });
  try {
    const image = await importBusybox(daemon.address);
    const lines: Line[] = [await runOf(driver, image, docker)];
    const refs: WorkloadRef[] = [];
    for (let index = 0; index < containers; index += 1) {
      const ref = await make(driver, image, ['sleep', '100000']);
      await driver.start(testContext(), ref);
      refs.push(ref);
    }
    lines.push(await statsOf(driver, refs, env));
    lines.push(...(await benchDockerList(driver, image, env)));
    return lines;
  } finally {
    await driver.close();
    await daemon.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

type DockerCommand = (...args: string[]) => Promise<unknown>;

async function make(driver: Driver, image: string, command: string[]): Promise<WorkloadRef> {
  const id = randomUUID();
  const spec = await driver.resolve(
    workloadSpecSchema.parse({ name: `b-${id.slice(0, 8)}`, driver: 'docker', settings: { image, command } }),
  );
  return { id, name: spec.name, spec, handle: await driver.create(testContext(), id, spec) };
}

async function firstOutput(driver: Driver, ref: WorkloadRef): Promise<void> {
  for await (const chunk of driver.logs?.(ref, { follow: true }, AbortSignal.timeout(60_000)) ?? []) {
    if (Buffer.from(chunk).includes('hi')) return;
  }
  throw new Error(`${ref.name} said nothing.`);
}

async function runOf(driver: Driver, image: string, docker: DockerCommand): Promise<Line> {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round <= runs; round += 1) {
    const ownMs = await timed(async () => {
      const ref = await make(driver, image, ['echo', 'hi']);
      await driver.start(testContext(), ref);
      await firstOutput(driver, ref);
    });
    const peerMs = await timed(() => docker('run', image, 'echo', 'hi'));
    // The first one loads the client and warms the daemon.
    if (round > 0) {
      ours.push(ownMs);
      peer.push(peerMs);
    }
  }
  return {
    name: 'docker, create + start + output',
    value: median(ours),
    unit: 'ms',
    peer: { name: 'docker run', value: median(peer) },
    goal: { ratioAtMost: goals.ratio },
  };
}

async function statsOf(driver: Driver, refs: readonly WorkloadRef[], env: NodeJS.ProcessEnv): Promise<Line> {
  const stop = new AbortController();
  const reading = refs.map(async (ref) => {
    let samples = 0;
    for await (const _ of driver.stats(ref, 1000, stop.signal)) samples += 1;
    return samples;
  });
  await sleep(statsWarmUpMs);
  const before = cpuMs(process.pid);
  const ownMs = await timed(() => sleep(statsMs));
  const value = ((cpuMs(process.pid) - before) / ownMs) * 100;
  stop.abort();
  const samples = (await Promise.allSettled(reading)).map((each) => (each.status === 'fulfilled' ? each.value : 0));
  if (Math.min(...samples) === 0) throw new Error('Some containers gave no statistics.');
  const command = execa('docker', ['stats'], { env, stdout: 'ignore', reject: false });
  await sleep(statsWarmUpMs);
  const commandBefore = cpuMs(command.pid ?? 0);
  const commandMs = await timed(() => sleep(statsMs));
  const peer = ((cpuMs(command.pid ?? 0) - commandBefore) / commandMs) * 100;
  command.kill();
  await command;
  return {
    name: `docker, statistics of ${containers}`,
    value,
    unit: '%',
    peer: { name: 'docker stats', value: peer },
    goal: { atMost: goals.statsPercent },
  };
}
