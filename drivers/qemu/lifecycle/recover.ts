import { setTimeout as sleep } from 'node:timers/promises';
import type { Handle, Observation } from '../../driver.ts';
import { errorData } from '../../errors.ts';
import type { WorkloadSpec } from '../../spec.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import { commandLine, currentBootId, processesByUuid, processFacts } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import { isStillSaving } from '../snapshots/migration.ts';
import { handleOf } from './create.ts';
import type { Tracker } from './tracker.ts';

/** Many machines are recovered at once: one look at all processes serves them all. */
const scanLifeMs = 250;

/** Looks at all processes, at most once per `scanLifeMs`. */
export function createScanner(): () => Map<string, number> {
  let last = 0;
  let found = new Map<string, number>();
  return () => {
    if (Date.now() - last > scanLifeMs) {
      found = processesByUuid();
      last = Date.now();
    }
    return found;
  };
}

/** Takes a live process with the machine's uuid into the record: one that was started just before the host died. */
export function adoptProcess(machine: Machine, scan: () => Map<string, number>): void {
  const { record } = machine;
  const pid = scan().get(record.uuid);
  const facts = pid === undefined ? null : processFacts(pid);
  const argv = pid === undefined ? null : commandLine(pid);
  if (pid === undefined || facts === null || argv === null) {
    return;
  }
  machine.save((current) => ({
    ...current,
    run: {
      pid,
      startTicks: facts.startTicks,
      bootId: currentBootId(),
      startedAtMs: current.intent?.startedAtMs ?? Date.now(),
      boot: current.boots,
      argv,
      hotplugged: [],
      spec: current.spec,
    },
  }));
}

const lost = (reason: string): { observation: Observation; handle: null } => ({
  observation: { phase: 'lost', reason },
  handle: null,
});

/** Tidies up where nothing was half done. A QEMU that does not answer is told by the look at it that follows. */
async function tidy(machine: Machine, recoverIntent: (machine: Machine) => Promise<void>): Promise<void> {
  if (machine.state() === 'stopped') {
    return;
  }
  try {
    await recoverIntent(machine);
  } catch {
    // Left-overs cost some space; they go at the next recovery.
  }
}

/** How long a QEMU that was found in its first moments may take to open its monitor: 30 ms on a quiet machine. */
const youngLimitMs = 5_000;

/** Waits until a QEMU that was spawned just before the host died listens. The look that follows tells what is wrong. */
async function waitForMonitor(machine: Machine): Promise<void> {
  const deadline = Date.now() + youngLimitMs;
  while (machine.state() === 'alive' && Date.now() < deadline) {
    try {
      if ((await machine.qmp()) !== null) {
        return;
      }
    } catch {
      // Not listening yet.
    }
    await sleep(25);
  }
}

/** The contract's `recover`. `recoverIntent` finishes or undoes snapshots, restores, clones and resizes. */
export async function recoverMachine(
  parts: {
    env: MachineEnvironment;
    tracker: Tracker;
    scan: () => Map<string, number>;
    recoverIntent: (machine: Machine) => Promise<void>;
  },
  id: string,
  handle: Handle | null,
): Promise<{ observation: Observation; handle: Handle | null; spec?: WorkloadSpec }> {
  const { env, tracker, scan } = parts;
  let machine: Machine | null;
  try {
    machine = env.find(id);
  } catch (error) {
    const { message } = errorData(error);
    return { observation: { phase: 'unknown', reason: message, attention: message }, handle };
  }
  if (machine === null) {
    if (handle === null) {
      env.destroy(id);
      return lost('Its creation was cut off; nothing of it is left.');
    }
    return lost('Its files are gone: the directory was removed outside NovaCron.');
  }
  const { record } = machine;
  if (machine.state() === 'gone' && (record.intent !== null || handle === null)) {
    adoptProcess(machine, scan);
  }
  const alive = machine.state() !== 'gone';
  if ((handle === null || record.intent?.kind === 'create' || record.intent?.kind === 'remove') && !alive) {
    env.destroy(id);
    return lost(
      record.intent?.kind === 'remove'
        ? 'Its removal was finished.'
        : 'Its creation was cut off; what was there of it was removed.',
    );
  }
  const kind = record.intent?.kind;
  try {
    if (kind === 'start' || kind === 'create' || kind === 'remove') {
      // Alive: adopted. Gone: the start is as if it had not been.
      machine.save((current) => ({ ...current, intent: null, run: alive ? current.run : null }));
      await waitForMonitor(machine);
    } else if (kind !== undefined) {
      await parts.recoverIntent(machine);
    }
  } catch (error) {
    const { message } = errorData(error);
    tracker.follow(machine);
    if (isStillSaving(error)) {
      // Nobody has to look: the tidier undoes the snapshot when QEMU is done with it.
      return { observation: await tracker.inspect(machine), handle: handleOf(machine), spec: machine.record.spec };
    }
    return {
      observation: { ...tracker.observe(machine), attention: `What was half done could not be put right: ${message}` },
      handle: handleOf(machine),
      spec: machine.record.spec,
    };
  }
  if (kind === undefined) {
    await tidy(machine, parts.recoverIntent);
  }
  tracker.follow(machine);
  return { observation: await tracker.inspect(machine), handle: handleOf(machine), spec: machine.record.spec };
}
