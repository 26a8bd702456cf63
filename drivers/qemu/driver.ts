import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, DriverEvent, Handle, OperationContext, WorkloadRef } from '../driver.ts';
import { errorData, NovaError } from '../errors.ts';
import { setGuestClock } from './agent/clock.ts';
import { execInGuest } from './agent/exec.ts';
import { thawLeftOver } from './agent/freeze.ts';
import { watchAgent } from './agent/watch.ts';
import { createConsoles } from './console/consoles.ts';
import { tailOffset } from './console/tail.ts';
import { takeScreen } from './display/screen.ts';
import { createDisks } from './images/create-disks.ts';
import { lookAtImage } from './images/inspect.ts';
import { createMachine, handleOf } from './lifecycle/create.ts';
import { describeMachine } from './lifecycle/describe.ts';
import { discoverMachines } from './lifecycle/discover.ts';
import { freshArguments, launch } from './lifecycle/launch.ts';
import { pauseMachine, resetMachine, resumeMachine } from './lifecycle/power.ts';
import { createScanner, recoverMachine } from './lifecycle/recover.ts';
import { removeMachine } from './lifecycle/remove.ts';
import { stopMachine, terminate } from './lifecycle/stop.ts';
import { createTracker } from './lifecycle/tracker.ts';
import type { MachineEnvironment } from './machine/environment.ts';
import { sweepRemoved } from './machine/files.ts';
import type { Machine } from './machine/machine.ts';
import { createMachineStore } from './machine/store.ts';
import { planMachine } from './plan/plan.ts';
import { hostLimits, parseSettings, resolveSpec } from './plan/resolve.ts';
import { createEngine, installFixes } from './probe/engine.ts';
import { watchEngine } from './probe/probe.ts';
import { createQueue, type Queue } from './qmp/queue.ts';
import { followDevices, recoverDevices } from './resize/devices.ts';
import { diffMachine } from './resize/diff.ts';
import { noteForwards, runningForwards } from './resize/forwards.ts';
import { pendingFields } from './resize/pending.ts';
import { updateMachine } from './resize/update.ts';
import { qemuSettingsSchema } from './settings.ts';
import { createSnapshotGroup } from './snapshots/group.ts';
import { recoverIntent } from './snapshots/recover.ts';
import { resumeSaved } from './snapshots/resume.ts';
import { createTidier } from './snapshots/tidier.ts';
import { sampleStats } from './stats/stats.ts';

/** Where the driver keeps its things. */
export type QemuDriverOptions = {
  /** One directory for each machine. */
  root: string;
  /** Short directory for sockets: with the machine's part, addresses stay under 104 bytes. */
  runtimeRoot: string;
  /** For what can be found out again. */
  cacheDirectory: string;
};

/** How long a spec waits for what QEMU knows, milliseconds; asked before, it is there at once. */
const typesLimitMs = 2_000;
/** Events kept for a host that does not read; then it has to look again. */
const eventLimit = 10_000;
/** How often long console records are cut. A guest under KVM writes some 10 MB/s at most. */
const trimEveryMs = 10_000;
/** How long a recovery waits for a snapshot that the last host began: the host looks again after 10 s. Milliseconds. */
const savingLimitMs = 5_000;

/** Makes the driver. Nothing is touched before the first call. `close` it. */
export function createQemuDriver(options: QemuDriverOptions): Driver {
  const { root, runtimeRoot, cacheDirectory } = options;
  const readers = new Set<Queue<DriverEvent>>();
  const emit = (event: DriverEvent): void => {
    for (const reader of readers) {
      reader.push(event);
    }
  };
  const engine = createEngine({ cacheDirectory });
  const consoles = createConsoles();
  const scan = createScanner();
  const tracker = createTracker({
    emit,
    pending: pendingFields,
    onEnd: (machine) => consoles.ended(machine),
  });
  const store = createMachineStore({
    root,
    runtimeRoot,
    onConnected(machine, client) {
      tracker.attach(machine, client);
      watchAgent(machine, client, {
        running: () => tracker.live(machine).status?.phase === 'running',
        onNetwork(network) {
          tracker.live(machine).guestAddresses = network?.addresses ?? [];
          if (machine.record.run !== null && !tracker.live(machine).launching) {
            tracker.tell(machine);
          }
        },
      });
      followDevices(machine, client, (error) =>
        emit({ type: 'notice', id: machine.id, level: 'warning', message: errorData(error).message }),
      );
    },
  });
  const env: MachineEnvironment = {
    root,
    cacheDirectory,
    machine: (id) => store.machine(id),
    find: (id) => store.find(id),
    ids: () => store.ids(),
    create: (record) => store.create(record),
    destroy(id) {
      const machine = store.find(id);
      if (machine !== null) {
        tracker.forget(machine);
        consoles.forget(machine);
      }
      store.destroy(id);
    },
    launch: (context, machine, how) => launch({ engine, tracker }, context, machine, how),
    terminate: (machine, reason) => terminate(tracker, machine, reason),
    confirm: (machine) => tracker.confirm(machine),
    emit,
  };
  const machineOf = (ref: WorkloadRef) => store.machine(ref.id);
  const tidier = createTidier(env);
  /** Null also for a record that can't be read: the recovery tells about it. */
  const readable = (id: string): Machine | null => {
    try {
      return store.find(id);
    } catch {
      return null;
    }
  };
  const alone = async <T>(ref: WorkloadRef, action: () => Promise<T>): Promise<T> =>
    await tidier.during(store.find(ref.id), action);

  const askAndTell = async (machine: Machine): Promise<void> => {
    await tracker.inspect(machine);
    tracker.tell(machine);
  };

  /** Machines whose launch left something in memory only. */
  const unwritten = new Set<Machine>();
  const writeLeft = (machine: Machine): void => {
    if (!unwritten.delete(machine)) {
      return;
    }
    try {
      machine.save((record) => record);
    } catch {
      // The disk is full, or it was removed meanwhile: the next save tells, and the recovery does not need this one.
    }
  };
  /** After a start: how it stands is told first, since the write takes a while on a busy disk. */
  const settleStart = async (machine: Machine): Promise<void> => {
    unwritten.add(machine);
    await askAndTell(machine);
    writeLeft(machine);
  };

  const resumeOrTell = async (context: OperationContext, machine: Machine): Promise<void> => {
    try {
      await resumeSaved(context, env, machine);
    } catch (error) {
      const { code, message, retryable, details } = errorData(error);
      if (machine.record.resumeFrom === null || code === 'cancelled') {
        throw error;
      }
      throw new NovaError(
        code,
        `${message} Start it again, or force it off: then it boots from its disks, and the snapshot stays.`,
        { retryable, details, cause: error },
      );
    }
  };

  const start = async (context: OperationContext, ref: WorkloadRef): Promise<Handle> => {
    const machine = machineOf(ref);
    if (machine.state() !== 'gone') {
      return handleOf(machine);
    }
    if (machine.record.run !== null) {
      await tracker.inspect(machine);
    }
    if (machine.record.intent !== null) {
      // What a hung QEMU left: its disks may stand on layers that the record does not name yet.
      await recoverIntent(env, machine, { signal: context.signal });
    }
    // Written with the intent of the launch.
    machine.keep((record) => ({ ...record, spec: ref.spec }));
    if (machine.record.resumeFrom === null) {
      await env.launch(context, machine);
    } else {
      await resumeOrTell(context, machine);
    }
    void settleStart(machine);
    return handleOf(machine);
  };

  const trimTimer = setInterval(() => {
    for (const machine of tracker.followed()) {
      void consoles.trim(machine);
    }
  }, trimEveryMs);
  trimTimer.unref();

  return {
    name: 'qemu',
    settingsSchema: qemuSettingsSchema,
    probe: (signal) => watchEngine(engine, signal),
    async resolve(spec) {
      const { arch } = parseSettings(spec);
      // A QEMU that does not answer holds up nothing that needs no answer.
      const parts = await Promise.race([engine.parts(arch), sleep(typesLimitMs, null, { ref: false })]);
      return resolveSpec(spec, hostLimits(engine.hostMemoryBytes, parts));
    },
    async plan(spec) {
      const settings = parseSettings(spec);
      const [facts, report] = await Promise.all([engine.facts(settings), engine.report(settings.arch)]);
      if (report === null) {
        throw new NovaError('engine_unavailable', 'QEMU is not installed.', {
          details: { fixes: installFixes.map((fix) => fix.text) },
        });
      }
      return planMachine(spec, facts, report, {
        root,
        runtimeRoot,
        cpus: availableParallelism(),
        imageTool: engine.imageTool() ?? 'qemu-img',
        look: lookAtImage,
      });
    },
    diff: diffMachine,
    create: (context, id, spec) => createMachine(env, createDisks, context, id, spec),
    start: (context, ref) => alone(ref, () => start(context, ref)),
    async stop(context, ref, policy) {
      const machine = store.find(ref.id);
      if (machine !== null) {
        await alone(ref, () => stopMachine(tracker, context, machine, policy));
      }
    },
    remove: (context, ref) => alone(ref, () => removeMachine(env, context, ref.id)),
    async recover(id, _spec, handle) {
      const found = await tidier.during(readable(id), () =>
        recoverMachine(
          {
            env,
            tracker,
            scan,
            async recoverIntent(machine) {
              const cut = machine.record.intent?.kind === 'snapshot' || machine.record.intent?.kind === 'restore';
              const changing = machine.record.intent?.kind === 'resize';
              await recoverDevices(machine);
              try {
                await recoverIntent(env, machine, { limitMs: savingLimitMs });
                if (changing && machine.connected !== null && runningForwards(machine).length > 0) {
                  await noteForwards(machine, machine.connected);
                }
              } finally {
                if (cut) {
                  // Nobody waits for it: an agent that is deaf would hold up the others.
                  void thawLeftOver(machine);
                }
              }
            },
          },
          id,
          handle,
        ),
      );
      const machine = readable(id);
      if (machine !== null) {
        tidier.begin(machine);
      }
      return found;
    },
    async inspect(ref) {
      const machine = store.find(ref.id);
      return machine === null
        ? { phase: 'lost', reason: 'Its files are gone: the directory was removed outside NovaCron.' }
        : await tracker.inspect(machine);
    },
    async describe(ref) {
      const machine = machineOf(ref);
      return await describeMachine(machine, () => freshArguments(engine, machine, async (forwards) => forwards));
    },
    events(signal) {
      const queue = createQueue<DriverEvent>({ limit: eventLimit, onReturn: () => readers.delete(queue) });
      readers.add(queue);
      signal.addEventListener('abort', () => queue.end(), { once: true });
      if (signal.aborted) {
        queue.end();
      }
      return queue;
    },
    stats: (ref, everyMs, signal) => {
      const machine = machineOf(ref);
      return sampleStats(machine, () => tracker.live(machine), everyMs, signal);
    },
    async consoles(ref) {
      return consoles.list(machineOf(ref));
    },
    openConsole: async (ref, consoleId, how) => await consoles.open(machineOf(ref), consoleId, how),
    async screenshot(ref) {
      const machine = machineOf(ref);
      const client = machine.record.run === null ? null : await machine.qmp();
      return client === null ? null : await takeScreen(machine, client);
    },
    async rename(ref, name) {
      machineOf(ref).save((record) => ({ ...record, spec: { ...record.spec, name } }));
    },
    pause: (_context, ref) => alone(ref, () => pauseMachine(tracker, machineOf(ref))),
    resume: (_context, ref) =>
      alone(ref, async () => {
        const machine = machineOf(ref);
        await resumeMachine(tracker, machine);
        void setGuestClock(machine);
      }),
    reset: (_context, ref) => alone(ref, () => resetMachine(tracker, machineOf(ref))),
    update: (context, ref, to) => alone(ref, () => updateMachine(context, env, machineOf(ref), to)),
    exec: async (ref, how) => await execInGuest(machineOf(ref), how),
    logs: (ref, how, signal) => {
      const machine = machineOf(ref);
      return consoles.log(machine, { follow: how.follow, tailBytes: tailOffset(machine.paths, how.tail) }, signal);
    },
    snapshots: createSnapshotGroup(env, tidier),
    async discover() {
      sweepRemoved(root);
      sweepRemoved(runtimeRoot);
      return discoverMachines(env, tracker, scan);
    },
    async adopt(engineId, id) {
      const machine = store.machine(engineId);
      if (engineId !== id) {
        throw new NovaError(
          'unsupported',
          `"${machine.record.spec.name}" can be adopted under its own id only: ${engineId}.`,
        );
      }
      return { spec: machine.record.spec, handle: handleOf(machine) };
    },
    async close() {
      engine.close();
      clearInterval(trimTimer);
      await tidier.close();
      // Afterwards the records are the next host's.
      for (const machine of unwritten) {
        writeLeft(machine);
      }
      tracker.close();
      consoles.close();
      store.close();
      for (const reader of readers) {
        reader.end();
      }
    },
  };
}
