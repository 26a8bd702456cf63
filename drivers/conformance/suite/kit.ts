import { randomUUID } from 'node:crypto';
import type { Driver, Handle, Observation, OperationContext, Phase, StopPolicy, WorkloadRef } from '../../driver.ts';
import { type WorkloadSpec, type WorkloadSpecInput, workloadSpecSchema } from '../../spec.ts';
import { ensure } from './expect.ts';
import { openShell, type Shell } from './shell.ts';
import type { Target } from './target.ts';
import { until } from './until.ts';

/** What a check works with. Everything that it makes is removed after it. */
export type Kit = {
  readonly target: Target;
  readonly driver: Driver;
  /** As after the end of a host: a new driver on the same directories. */
  restartHost(): Promise<void>;
  newId(): string;
  /** A complete small spec with a name of its own. */
  smallSpec(): Promise<WorkloadSpec>;
  /** Makes a small workload, stopped. */
  small(): Promise<WorkloadRef>;
  /** Makes a guest with a shell, stopped. */
  guest(): Promise<WorkloadRef>;
  /** Puts a workload that a check made by itself under the kit's care. */
  keep(ref: WorkloadRef): WorkloadRef;
  context(signal?: AbortSignal): TestContext;
  start(ref: WorkloadRef): Promise<WorkloadRef>;
  /** Starts a guest and waits for its shell. */
  boot(ref: WorkloadRef): Promise<Shell>;
  shell(ref: WorkloadRef): Promise<Shell>;
  /** Waits until it is in one of the phases. */
  phase(ref: WorkloadRef, ...phases: Phase[]): Promise<Observation>;
  /** Ends and removes all workloads; fails when something is left of them. */
  cleanUp(): Promise<void>;
  close(): Promise<void>;
};

/** A context that remembers what the driver told. */
export type TestContext = OperationContext & { handles: Handle[]; messages: string[] };

/** Ends at once. */
export const atOnce: StopPolicy = { graceMs: 0, force: true };

/** Longest wait for a state, milliseconds: a busy machine with two cores emulates a guest. */
const limitMs = 60_000;
/** Longest boot of a guest, milliseconds. */
const bootLimitMs = 90_000;

function testContext(signal: AbortSignal = new AbortController().signal): TestContext {
  const handles: Handle[] = [];
  const messages: string[] = [];
  return {
    signal,
    handles,
    messages,
    progress(fraction, message) {
      ensure(fraction === null || (fraction >= 0 && fraction <= 1), `progress of ${fraction} is not from 0 to 1`);
      messages.push(message);
    },
    log: (line) => messages.push(line),
    saveHandle: (handle) => handles.push(handle),
  };
}

/** Opens the target's driver. */
export function openKit(target: Target): Kit {
  let driver = target.open();
  const shells = new Set<Shell>();
  const made = new Map<string, WorkloadRef>();
  let count = 0;

  const create = async (spec: WorkloadSpec): Promise<WorkloadRef> => {
    const id = kit.newId();
    const handle = await driver.create(testContext(), id, spec);
    return kit.keep({ id, name: spec.name, spec, handle });
  };
  const resolve = async (input: (name: string) => WorkloadSpecInput): Promise<WorkloadSpec> => {
    count += 1;
    return await driver.resolve(workloadSpecSchema.parse(input(`check-${process.pid}-${count}`)));
  };
  const closeShells = (): void => {
    for (const shell of shells) {
      shell.close();
    }
    shells.clear();
  };

  const kit: Kit = {
    target,
    get driver() {
      return driver;
    },
    async restartHost() {
      closeShells();
      await driver.close();
      driver = target.open();
    },
    newId: () => `conf-${randomUUID()}`,
    smallSpec: async () => await resolve((name) => target.small(name)),
    small: async () => await create(await kit.smallSpec()),
    async guest() {
      const { guest } = target;
      ensure(guest !== null, 'the target has no guest');
      return await create(await resolve(guest));
    },
    keep(ref) {
      made.set(ref.id, ref);
      return ref;
    },
    context: testContext,
    async start(ref) {
      const handle = await driver.start(testContext(), ref);
      await kit.phase(ref, 'running');
      return kit.keep({ ...ref, handle });
    },
    async boot(ref) {
      await kit.start(ref);
      return await kit.shell(ref);
    },
    async shell(ref) {
      const shell = await openShell(driver, ref, bootLimitMs, target.shellConsole);
      shells.add(shell);
      return shell;
    },
    phase: async (ref, ...phases) =>
      await until(
        `${ref.name} is ${phases.join(' or ')}`,
        async () => {
          const seen = await driver.inspect(ref);
          return phases.includes(seen.phase) ? seen : null;
        },
        { limitMs },
      ),
    async cleanUp() {
      closeShells();
      const refs = [...made.values()];
      made.clear();
      for (const ref of refs.reverse()) {
        await driver.remove(testContext(), ref);
      }
      for (const ref of refs) {
        await until(
          `nothing is left of ${ref.id}`,
          async () => ((await target.leftovers(ref.id)).length === 0 ? true : null),
          { limitMs: 10_000, describe: async () => (await target.leftovers(ref.id)).join(', ') },
        );
      }
    },
    async close() {
      closeShells();
      await driver.close();
    },
  };
  return kit;
}
