import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Driver, DriverEvent, Observation, OperationContext, WorkloadRef } from '../../../drivers/driver.ts';
import { createQemuDriver, type QemuDriverOptions } from '../../../drivers/qemu/driver.ts';
import { type MachinePaths, machinePaths } from '../../../drivers/qemu/machine/paths.ts';
import type { MachineRecord } from '../../../drivers/qemu/machine/record.ts';
import { MiB, type WorkloadSpecInput, workloadSpecSchema } from '../../../drivers/spec.ts';
import { poll } from './wait.ts';

/** A driver on its own directories with machines that are gone at the end. */
export type Rig = {
  readonly driver: Driver;
  readonly options: QemuDriverOptions;
  /** All events of all drivers that the rig had. */
  readonly events: DriverEvent[];
  /** Closes the driver as a host that ends does, and opens a new one on the same files. */
  restart(): Promise<Driver>;
  /** Makes a machine; the small default sits in its firmware. */
  create(input?: Partial<WorkloadSpecInput>): Promise<WorkloadRef>;
  /** Waits until the observation passes. */
  until(ref: WorkloadRef, what: string, match: (observation: Observation) => boolean): Promise<Observation>;
  paths(ref: WorkloadRef): MachinePaths;
  record(ref: WorkloadRef): MachineRecord;
  context(signal?: AbortSignal): OperationContext;
  close(): Promise<void>;
};

/** A context that nobody cancels unless a signal is given. */
export function testContext(signal: AbortSignal = new AbortController().signal): OperationContext {
  return { signal, progress: () => undefined, log: () => undefined, saveHandle: () => undefined };
}

/** Opens a rig. `close` it. `root` is where the machines are, in place of a directory of its own. */
export function createRig(place: { root?: string } = {}): Rig {
  const base = mkdtempSync(join(tmpdir(), 'nq-'));
  const options: QemuDriverOptions = {
    root: place.root ?? join(base, 'machines'),
    runtimeRoot: join(base, 'run'),
    // Shared: what QEMU can do is looked at once for all tests.
    cacheDirectory: join(tmpdir(), `novacron-test-cache-${userInfo().uid}`),
  };
  const refs: WorkloadRef[] = [];
  const events: DriverEvent[] = [];
  const open = (): Driver => {
    const driver = createQemuDriver(options);
    const collect = async (): Promise<void> => {
      for await (const event of driver.events(new AbortController().signal)) {
        events.push(event);
      }
    };
    void collect();
    return driver;
  };
  let driver = open();
  const rig: Rig = {
    get driver() {
      return driver;
    },
    options,
    events,
    context: testContext,
    paths: (ref) => machinePaths(options.root, options.runtimeRoot, ref.id),
    record: (ref) => JSON.parse(readFileSync(rig.paths(ref).record, 'utf8')) as MachineRecord,
    async restart() {
      await driver.close();
      driver = open();
      return driver;
    },
    async create(input = {}) {
      const id = randomUUID();
      const spec = await driver.resolve(
        workloadSpecSchema.parse({
          name: `vm-${id.slice(0, 8)}`,
          driver: 'qemu',
          resources: { vcpus: 1, maxVcpus: 2, memoryBytes: 64 * MiB, maxMemoryBytes: 128 * MiB },
          ...input,
        }),
      );
      const ref = { id, name: spec.name, spec, handle: await driver.create(testContext(), id, spec) };
      refs.push(ref);
      return ref;
    },
    async until(ref, what, match) {
      return await poll(what, async () => {
        const observation = await driver.inspect(ref);
        return match(observation) ? observation : null;
      });
    },
    async close() {
      for (const ref of refs) {
        await driver.remove(testContext(), ref);
      }
      await driver.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
  return rig;
}
