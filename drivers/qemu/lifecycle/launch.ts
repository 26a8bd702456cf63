import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationContext } from '../../driver.ts';
import { NovaError, throwIfCancelled } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { preparePipe } from '../console/pipe.ts';
import { keepRecord } from '../console/record.ts';
import type { Launch } from '../machine/environment.ts';
import { makeMachineDirectories } from '../machine/files.ts';
import { currentBootId, processFacts, runState, signalRun } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import { prepareVariables, variablesPath } from '../machine/nvram.ts';
import type { Run } from '../machine/record.ts';
import { adaptArguments } from '../plan/adapt.ts';
import { buildArguments, vncSocketPath } from '../plan/arguments.ts';
import { layerPath } from '../plan/block.ts';
import type { Engine } from '../probe/engine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { qemuSettingsSchema } from '../settings.ts';
import { lastLines } from './end.ts';
import { isListening, settleForwards } from './ports.ts';
import { type SpawnedProcess, spawnDetached } from './spawn.ts';
import { startError } from './start-error.ts';
import type { Tracker } from './tracker.ts';

/** A loaded machine starts QEMU in seconds; memory with huge pages is zeroed first. */
const monitorLimitMs = 60_000;
/** QEMU is ready after some 30 ms; this loses little against it and costs little. */
const fastRetryMs = 2;
const slowRetryMs = 25;
/** Tries at the fast pace. */
const fastTries = 100;

/** The arguments of the machine as it would be started now. `settle` gives free host ports to forwards that name none. */
export async function freshArguments(engine: Engine, machine: Machine, settle = settleForwards): Promise<string[]> {
  const { record, paths } = machine;
  const settings = qemuSettingsSchema.parse(record.spec.settings);
  const [facts, forwards] = await Promise.all([engine.facts(settings), settle(settings.portForwards)]);
  return buildArguments({
    facts,
    spec: record.spec,
    settings,
    uuid: record.uuid,
    paths,
    variables: variablesPath(machine),
    layers: record.layers,
    disks: record.disks,
    pathOf: (layer) => layerPath(paths.disks, layer),
    forwards,
  });
}

/** Gives a machine with UEFI firmware its variables; most have none, and their start asks nobody. */
async function prepareFirmware(engine: Engine, machine: Machine): Promise<void> {
  const settings = qemuSettingsSchema.parse(machine.record.spec.settings);
  if (settings.firmware !== 'uefi') {
    return;
  }
  const { firmware } = await engine.facts(settings);
  if (firmware !== null) {
    prepareVariables(machine, firmware.variables);
  }
}

/** Waits until the monitor greets. Throws what QEMU said when it ends before. */
async function connectMonitor(
  machine: Machine,
  run: Run,
  child: SpawnedProcess,
  signal: AbortSignal,
): Promise<QmpClient> {
  let exited: { code: number | null; signal: string | null } | null = null;
  const noteExit = async (): Promise<void> => {
    exited = await child.exit;
  };
  void noteExit();
  const deadline = Date.now() + monitorLimitMs;
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      // Looking for the socket costs nothing beside a look at the process, on processors that QEMU needs for its start.
      const client = existsSync(machine.paths.qmpSocket) ? await machine.qmp() : null;
      if (client !== null) {
        return client;
      }
    } catch (error) {
      // Not listening yet, or listening but not in its main loop yet: tried again until the limit.
      if (Date.now() > deadline) {
        throw error;
      }
    }
    if (exited !== null || ((tries + 1) % fastTries === 0 && machine.state() === 'gone')) {
      throw startError(machine.record.spec.name, run.argv, lastLines(machine.paths.stderrLog), exited);
    }
    if (Date.now() > deadline) {
      throw new NovaError('timeout', `QEMU's monitor did not come within ${monitorLimitMs / 1000} s.`, {
        details: { log: lastLines(machine.paths.stderrLog) },
      });
    }
    await Promise.race([sleep(tries < fastTries ? fastRetryMs : slowRetryMs), child.exit]);
  }
}

/** Kills the process of a start that failed and waits until it is gone. */
async function undo(machine: Machine, run: Run | null): Promise<void> {
  if (run !== null) {
    signalRun(run, machine.record.uuid, 'SIGKILL');
    while (runState(run, machine.record.uuid) !== 'gone') {
      await sleep(10);
    }
  }
}

/** See `MachineEnvironment.launch`. */
export async function launch(
  parts: { engine: Engine; tracker: Tracker },
  context: OperationContext,
  machine: Machine,
  options: Launch = {},
): Promise<QmpClient> {
  const live = parts.tracker.live(machine);
  if (live.launching || machine.state() !== 'gone') {
    throw new NovaError(
      'conflict',
      `"${machine.record.spec.name}" ${live.launching ? 'is being started' : 'runs'} already.`,
    );
  }
  live.launching = true;
  live.status = null;
  try {
    return await spawnMachine(parts, context, machine, options);
  } finally {
    live.launching = false;
  }
}

async function spawnMachine(
  { engine, tracker }: { engine: Engine; tracker: Tracker },
  context: OperationContext,
  machine: Machine,
  options: Launch,
): Promise<QmpClient> {
  const { paths } = machine;
  const live = tracker.live(machine);
  const [taken, fresh] = await Promise.all([isListening(paths.qmpSocket), freshArguments(engine, machine)]);
  if (taken) {
    throw new NovaError(
      'conflict',
      `Another QEMU holds the monitor socket of "${machine.record.spec.name}" (${paths.qmpSocket}). End it first.`,
    );
  }
  const argv = [
    ...(options.argv === undefined ? fresh : adaptArguments(options.argv, fresh, variablesPath(machine))),
    ...(options.incoming === true ? ['-incoming', 'defer'] : []),
  ];
  throwIfCancelled(context.signal);
  makeMachineDirectories(paths);
  const boot = machine.record.boots + 1;
  keepRecord(paths, machine.record.boots);
  const own = machine.record.intent === null;
  machine.save((record) => ({
    ...record,
    run: null,
    boots: boot,
    intent: record.intent ?? { kind: 'start', startedAtMs: Date.now(), newFiles: [], attempt: randomUUID() },
  }));
  let run: Run | null = null;
  try {
    tracker.tell(machine);
    await failpoint('qemu.start.intent');
    for (const socket of [
      paths.qmpSocket,
      paths.spareQmpSocket,
      paths.agentSocket,
      vncSocketPath(paths),
      paths.pidFile,
    ]) {
      rmSync(socket, { force: true });
    }
    await preparePipe(paths);
    await prepareFirmware(engine, machine);
    context.log(argv.join(' '));
    const startedAtMs = Date.now();
    const child = await spawnDetached(argv, paths.stderrLog);
    live.exit = child.exit;
    run = {
      pid: child.pid,
      startTicks: processFacts(child.pid)?.startTicks ?? 0,
      bootId: currentBootId(),
      startedAtMs,
      boot,
      argv,
      hotplugged: [],
      spec: machine.record.spec,
    };
    const started = run;
    await failpoint('qemu.start.spawned');
    // QEMU needs longer for its own start than the disk for this.
    machine.save((record) => ({ ...record, run: started }));
    const client = await connectMonitor(machine, started, child, context.signal);
    await failpoint('qemu.start.connected');
    for (const device of options.hotplugged ?? []) {
      await client.execute(device.execute, device.arguments);
      machine.save((record) => ({
        ...record,
        run: record.run === null ? null : { ...record.run, hotplugged: [...record.run.hotplugged, device] },
      }));
    }
    // Whoever launches writes it later: until then the next host finds an intent with a live process, and adopts it.
    machine.keep((record) => (own ? { ...record, intent: null, resumeFrom: null } : record));
    await failpoint('qemu.start.recorded');
    live.launching = false;
    tracker.follow(machine);
    return client;
  } catch (error) {
    await undo(machine, run);
    live.launching = false;
    live.exit = null;
    machine.connected?.close();
    machine.save((record) => ({ ...record, run: null, intent: own ? null : record.intent }));
    tracker.tell(machine);
    if (context.signal.aborted) {
      throw new NovaError('cancelled', 'The start was cancelled; the machine is stopped.', { cause: error });
    }
    throw error;
  }
}
