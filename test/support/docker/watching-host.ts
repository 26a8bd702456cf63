import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import type { HostEvent } from '../../../electron/bridge/contract.ts';
import { type Host, openHost } from '../../../electron/host/host.ts';

/** A host over one engine whose history is looked at. */
export type WatchingHost = {
  host(): Host;
  /** The docker command on the engine itself, past whatever the host reaches it by. */
  docker(...words: string[]): Promise<string>;
  /** Makes and starts a container. */
  run(name: string, command: string[], resources?: Record<string, number>): Promise<void>;
  /** What the history of a workload tells of ends, oldest first. */
  ends(workload: string): Promise<HostEvent[]>;
  /** The phase and reason as the host shows them. */
  shown(workload: string): Promise<{ phase: string; reason: string }>;
  /** Ends the host; `open` begins the next one on the same directory. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** Ends it and removes its directory; containers stay. */
  dispose(): Promise<void>;
};

/** Longest wait for the engine on a busy machine, milliseconds. */
export const engineLimitMs = 60_000;

/** Opens one. `way`: how the host reaches the engine, where that is not its own address. */
export async function openWatchingHost(address: string, image: string, way = address): Promise<WatchingHost> {
  const root = mkdtempSync(join(tmpdir(), 'nova-watching-'));
  const context = { signal: new AbortController().signal };
  const openOne = (): Promise<Host> =>
    openHost({
      directories: { data: join(root, 'data'), runtime: join(root, 'run'), cache: join(root, 'cache') },
      drivers: [createDockerDriver({ root: join(root, 'docker'), env: { DOCKER_HOST: way } })],
      version: '0.0.0-test',
    });
  let host: Host | null = await openOne();
  const here = (): Host => {
    if (host === null) throw new Error('The host is closed.');
    return host;
  };
  const shown = async (workload: string) => (await here().handlers['workloads.get']({ workload }, context)).observation;
  const close = async (): Promise<void> => {
    await host?.close();
    host = null;
  };
  return {
    host: here,
    docker: async (...words) => (await execa('docker', ['-H', address, ...words])).stdout,
    async run(name, command, resources = {}) {
      const spec = workloadSpecSchema.parse({ name, driver: 'docker', resources, settings: { image, command } });
      const { job } = await here().handlers['workloads.create']({ spec, start: true }, context);
      expect((await here().handlers['jobs.wait']({ job: job.id }, context)).error).toBeNull();
      await expect.poll(async () => (await shown(name)).phase, { timeout: engineLimitMs }).toBe('running');
    },
    ends: async (workload) =>
      (await here().handlers['events.list']({ workload, limit: 100 }, context))
        .filter((event) => event.kind === 'crashed' || event.kind === 'ended')
        .reverse(),
    shown,
    close,
    async open() {
      await close();
      host = await openOne();
    },
    async dispose() {
      await close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
