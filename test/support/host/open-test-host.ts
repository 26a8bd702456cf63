import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeDriver, type FakeDriver, type FakeOptions } from '../../../drivers/conformance/fake/fake-driver.ts';
import type { WorkloadSpec } from '../../../drivers/spec.ts';
import type { Job, Workload } from '../../../electron/bridge/contract.ts';
import type { Handlers } from '../../../electron/bridge/handlers.ts';
import type { Directories } from '../../../electron/host/directories.ts';
import { type Host, openHost } from '../../../electron/host/host.ts';

/** A temporary place for hosts that follow each other on the same data. */
export type TestPlace = {
  root: string;
  directories: Directories;
  /** Opens a host with a fake driver on the place's fake engine. */
  open(options?: Partial<FakeOptions>): Promise<TestHost>;
  /** Closes all hosts that are open and removes the place. */
  clean(): Promise<void>;
};

/** An open host with short ways to its methods. */
export type TestHost = {
  host: Host;
  fake: FakeDriver;
  handlers: Handlers;
  /** Ends when `close` is called. */
  context: { signal: AbortSignal };
  /** Waits for the job that a command answered with. */
  done: (answer: Promise<{ job: Job }>) => Promise<Job>;
  /** Makes a fake workload and waits; throws when it fails. */
  make: (
    name: string,
    options?: { start?: boolean; settings?: Record<string, unknown>; spec?: Partial<WorkloadSpec> },
  ) => Promise<Workload>;
  get: (name: string) => Promise<Workload>;
  /** Waits until a workload meets the condition, at most `limitMs`. */
  until: (name: string, condition: (workload: Workload) => boolean, limitMs?: number) => Promise<Workload>;
  close(): Promise<void>;
};

/** A spec of the fake driver. */
export function fakeSpec(name: string, part: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    name,
    driver: 'fake',
    resources: {},
    labels: {},
    notes: '',
    restart: 'no',
    autostart: false,
    protected: false,
    settings: {},
    ...part,
  };
}

/** Makes a temporary place. */
export function createTestPlace(): TestPlace {
  const root = mkdtempSync(join(tmpdir(), 'novacron-host-'));
  const directories = { data: join(root, 'data'), runtime: join(root, 'run'), cache: join(root, 'cache') };
  const hosts = new Set<TestHost>();
  return {
    root,
    directories,
    async open(options = {}) {
      const fake = createFakeDriver({ root: join(root, 'engine'), ...options });
      const host = await openHost({ directories, drivers: [fake], version: '0.0.0-test' });
      const opened = wrap(host, fake, () => hosts.delete(opened));
      hosts.add(opened);
      return opened;
    },
    async clean() {
      await Promise.all([...hosts].map((each) => each.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function wrap(host: Host, fake: FakeDriver, onClose: () => void): TestHost {
  const controller = new AbortController();
  const context = { signal: controller.signal };
  const { handlers } = host;
  const get = (name: string) => handlers['workloads.get']({ workload: name }, context);
  const done = async (answer: Promise<{ job: Job }>) => {
    const { job } = await answer;
    return handlers['jobs.wait']({ job: job.id }, context);
  };
  return {
    host,
    fake,
    handlers,
    context,
    done,
    get,
    async make(name, options = {}) {
      const spec = fakeSpec(name, { settings: options.settings ?? {}, ...options.spec });
      const job = await done(handlers['workloads.create']({ spec, start: false }, context));
      if (job.state !== 'succeeded') {
        throw new Error(`create of ${name}: ${job.state} ${job.error?.message ?? ''}`);
      }
      if (options.start) {
        await done(handlers['workloads.start']({ workload: name }, context));
      }
      return get(name);
    },
    async until(name, condition, limitMs = 30_000) {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), limitMs);
      try {
        for await (const _ of handlers['state.subscribe']({}, { signal: stop.signal })) {
          const found = (await handlers['workloads.list']({}, context)).find((each) => each.spec.name === name);
          if (found && condition(found)) {
            return found;
          }
        }
        throw new Error(`${name} did not get there: ${JSON.stringify((await get(name)).observation)}`);
      } finally {
        clearTimeout(timer);
        stop.abort();
      }
    },
    async close() {
      onClose();
      controller.abort();
      await host.close();
    },
  };
}
