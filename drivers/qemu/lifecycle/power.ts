import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { letGoOfMemory } from '../snapshots/intent.ts';
import type { Tracker } from './tracker.ts';

/** The monitor of a machine that runs. Throws `wrong_state` when it does not. */
export async function runningMonitor(machine: Machine, what: string): Promise<QmpClient> {
  const client = machine.record.run === null ? null : await machine.qmp();
  if (client === null) {
    throw new NovaError(
      'wrong_state',
      `"${machine.record.spec.name}" does not run: it cannot be ${what}. Start it first.`,
    );
  }
  return client;
}

async function status(client: QmpClient): Promise<string> {
  return (await client.execute<{ status: string }>('query-status')).status;
}

/** Stands the guest still. Idempotent. */
export async function pauseMachine(tracker: Tracker, machine: Machine): Promise<void> {
  const client = await runningMonitor(machine, 'paused');
  await client.execute('stop');
  await tracker.inspect(machine);
  tracker.tell(machine);
}

/** Lets it run on. Idempotent. A disk that is still full pauses it again at once. */
export async function resumeMachine(tracker: Tracker, machine: Machine): Promise<void> {
  const client = await runningMonitor(machine, 'resumed');
  const now = await status(client);
  if (now === 'suspended') {
    await client.execute('system_wakeup');
  } else if (now === 'internal-error' || now === 'guest-panicked') {
    throw new NovaError(
      'wrong_state',
      `"${machine.record.spec.name}" cannot run on (${now}). Reset it, or force it off and start it.`,
    );
  } else if (now !== 'running') {
    letGoOfMemory(machine);
    await client.execute('cont');
  }
  await tracker.inspect(machine);
  tracker.tell(machine);
}

/** Presses the reset button. A guest that stood still runs then. */
export async function resetMachine(tracker: Tracker, machine: Machine): Promise<void> {
  const client = await runningMonitor(machine, 'reset');
  letGoOfMemory(machine);
  await client.execute('system_reset');
  if ((await status(client)) !== 'running') {
    await client.execute('cont');
  }
  await tracker.inspect(machine);
  tracker.tell(machine);
}
