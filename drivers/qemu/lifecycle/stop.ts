import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationContext, StopPolicy } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import { askToShutDown } from '../agent/shutdown.ts';
import { signalRun } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import { letGoOfMemory } from '../snapshots/intent.ts';
import type { Tracker } from './tracker.ts';

/** A guest that is still starting ignores the power button; it is pressed again. */
const pressEveryMs = 5_000;
/** QEMU writes its images' last metadata and ends within this; then it is killed. */
const quitMs = 3_000;
/** The kernel tears a killed process down within this, even a large one. */
const killMs = 30_000;

/** Ends the process by force and waits until the end is noted. `reason` is what the record says then. Idempotent. */
export async function terminate(tracker: Tracker, machine: Machine, reason: string): Promise<void> {
  const { run } = machine.record;
  if (run === null) {
    return;
  }
  const live = tracker.live(machine);
  live.expectedEnd = reason;
  if (machine.state() === 'alive' && live.unresponsive === null) {
    try {
      const client = await machine.qmp();
      await client?.execute('quit', undefined, { timeoutMs: quitMs });
      await tracker.waitForEnd(machine, { timeoutMs: quitMs });
      return;
    } catch {
      // It does not listen; the kernel ends it.
    }
  }
  signalRun(run, machine.record.uuid, 'SIGKILL');
  await tracker.waitForEnd(machine, { timeoutMs: killMs });
}

/** Asks once, by the guest's agent where `byAgent` and one does as asked, else by the power button. */
async function press(machine: Machine, paused: boolean, byAgent: boolean): Promise<void> {
  const client = await machine.qmp();
  if (client === null) {
    return;
  }
  // A guest that stands still can't react.
  if (paused) {
    letGoOfMemory(machine);
    await client.execute('cont');
  }
  const agent = byAgent ? await machine.agent() : null;
  if (agent === null || !(await askToShutDown(agent))) {
    await client.execute('system_powerdown');
  }
}

/** Asks the guest until it has ended: its agent first, then the power button over and over. False when it did not within the grace. */
async function askGuest(
  tracker: Tracker,
  context: OperationContext,
  machine: Machine,
  graceMs: number,
): Promise<boolean> {
  const deadline = Date.now() + graceMs;
  const paused = tracker.live(machine).status?.phase === 'paused';
  for (let asked = 0; Date.now() < deadline; asked++) {
    const left = deadline - Date.now();
    try {
      await press(machine, paused, asked === 0);
    } catch (error) {
      context.log(errorData(error).message);
      if (machine.state() !== 'gone') {
        // It does not answer: pressing again helps only when it comes back.
        await sleep(Math.min(left, 500), undefined, { signal: context.signal });
      }
    }
    context.progress(1 - left / graceMs, 'Waiting for the guest to shut down');
    try {
      await tracker.waitForEnd(machine, { timeoutMs: Math.min(left, pressEveryMs), signal: context.signal });
      return true;
    } catch (error) {
      if (!(error instanceof NovaError) || error.code !== 'timeout') {
        throw error;
      }
    }
  }
  return false;
}

/**
 * Takes a machine off the saved memory that its next start would load: the way out where it can't be loaded. The snapshot keeps it, and
 * the disks are as they were at that moment.
 */
function leaveMemory(tracker: Tracker, machine: Machine): void {
  const reason = 'Forced off its saved memory: the next start boots from its disks.';
  machine.save((record) => ({
    ...record,
    resumeFrom: null,
    lastEnd: { phase: 'stopped', reason, exitCode: null, atMs: Date.now() },
  }));
  tracker.tell(machine);
}

/** The contract's `stop`: the guest's agent, power button, then by force where the policy allows it. */
export async function stopMachine(
  tracker: Tracker,
  context: OperationContext,
  machine: Machine,
  policy: StopPolicy,
): Promise<void> {
  const { name } = machine.record.spec;
  if (machine.record.run === null) {
    if (machine.record.resumeFrom !== null && policy.force && policy.graceMs === 0) {
      leaveMemory(tracker, machine);
    }
    return;
  }
  if (machine.state() === 'gone') {
    await tracker.waitForEnd(machine, { timeoutMs: killMs });
    return;
  }
  const live = tracker.live(machine);
  live.stopping = true;
  tracker.tell(machine);
  try {
    if (policy.graceMs > 0 && (await askGuest(tracker, context, machine, policy.graceMs))) {
      return;
    }
    if (!policy.force) {
      throw new NovaError(
        'timeout',
        `"${name}" did not shut down within ${policy.graceMs / 1000} s: its guest may ignore the power button. Wait, or force it off.`,
        { retryable: true },
      );
    }
    context.progress(null, 'Ending it by force');
    await terminate(tracker, machine, policy.graceMs > 0 ? 'Forced off after the grace time.' : 'Forced off.');
  } catch (error) {
    if (context.signal.aborted) {
      throw new NovaError(
        'cancelled',
        `The stop of "${name}" was cancelled; it runs on if its guest does not shut down.`,
        {
          cause: error,
        },
      );
    }
    throw error;
  } finally {
    if (machine.record.run !== null) {
      live.stopping = false;
      tracker.tell(machine);
    }
  }
}
