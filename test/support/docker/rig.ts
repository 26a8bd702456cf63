import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, OperationContext, Phase, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { type DaemonOptions, importBusybox, startDaemon, type TestDaemon } from './daemon.ts';

/** A driver on a daemon of its own, and what tests of containers do with it. */
export type DockerRig = {
  daemon: TestDaemon;
  driver: Driver;
  /** The driver's directory. */
  root: string;
  image: string;
  context(signal?: AbortSignal): OperationContext;
  /** Makes a container, stopped. */
  make(settings?: Record<string, unknown>, resources?: Record<string, number>): Promise<WorkloadRef>;
  /** Makes and starts one. */
  run(settings?: Record<string, unknown>): Promise<WorkloadRef>;
  /** What a shell line inside prints. */
  shell(ref: WorkloadRef, line: string): Promise<string>;
  /** The lines that the docker command prints. */
  docker(...args: string[]): Promise<string[]>;
  /** Everything in the engine that carries our label, or that of one workload. */
  ours(id?: string): Promise<string[]>;
  /** As after the end of a host: a new driver on the same directory. */
  restartHost(): Promise<void>;
  /** Removes all containers, and volumes and images with our label. */
  clean(): Promise<void>;
  dispose(): Promise<void>;
};

/** Waits for the phase, at most this long on a busy machine, milliseconds. */
export const phaseLimitMs = 60_000;

/** Opens one. `flags` go to dockerd. */
export async function openDockerRig(flags: string[] = [], options: DaemonOptions = {}): Promise<DockerRig> {
  const daemon = await startDaemon(flags, options);
  const image = await importBusybox(daemon.address);
  const root = mkdtempSync(join(tmpdir(), 'nova-docker-'));
  const open = (): Driver => createDockerDriver({ root, env: { DOCKER_HOST: daemon.address } });
  let driver = open();
  let count = 0;
  const docker = async (...args: string[]): Promise<string[]> =>
    (await execa('docker', ['-H', daemon.address, ...args])).stdout.split('\n').filter((line) => line !== '');
  const rig: DockerRig = {
    daemon,
    get driver() {
      return driver;
    },
    root,
    image,
    context: (signal = new AbortController().signal) => ({
      signal,
      progress: () => undefined,
      log: () => undefined,
      saveHandle: () => undefined,
    }),
    async make(settings = {}, resources = {}) {
      count += 1;
      const id = `w${count}`;
      const parsed = workloadSpecSchema.parse({
        name: `web${count}`,
        driver: 'docker',
        resources,
        settings: { image, command: ['sleep', '1000'], ...settings },
      });
      const spec = await driver.resolve(parsed);
      return { id, name: spec.name, spec, handle: await driver.create(rig.context(), id, spec) };
    },
    async run(settings = {}) {
      const ref = await rig.make(settings);
      await driver.start(rig.context(), ref);
      return ref;
    },
    async shell(ref, line) {
      const channel = await driver.exec?.(ref, { command: ['sh', '-c', line], tty: false });
      let text = '';
      for await (const bytes of channel?.output ?? []) text += Buffer.from(bytes).toString();
      return text.trim();
    },
    docker,
    async ours(id) {
      const label = `label=${id === undefined ? 'io.novacron.home' : `io.novacron.id=${id}`}`;
      return [
        ...(await docker('ps', '-aq', '--filter', label)).map((one) => `container ${one}`),
        ...(await docker('images', '-aq', '--filter', label)).map((one) => `image ${one}`),
        ...(await docker('volume', 'ls', '-q', '--filter', label)).map((one) => `volume ${one}`),
        ...(await docker('network', 'ls', '-q', '--filter', label)).map((one) => `network ${one}`),
      ];
    },
    async restartHost() {
      await driver.close();
      driver = open();
    },
    async clean() {
      for (const id of await docker('ps', '-aq')) await docker('rm', '-f', '-v', id);
      for (const name of await docker('volume', 'ls', '-q')) await docker('volume', 'rm', '-f', name);
    },
    async dispose() {
      await driver.close();
      await daemon.dispose();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return rig;
}

/** The phase that it comes to be in. */
export async function reaches(rig: DockerRig, ref: WorkloadRef, phase: Phase): Promise<void> {
  const until = Date.now() + phaseLimitMs;
  for (;;) {
    const seen = await rig.driver.inspect(ref);
    if (seen.phase === phase) return;
    if (Date.now() > until) throw new Error(`${ref.name} is ${seen.phase} (${seen.reason}) and not ${phase}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
