import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationContext } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import { setGuestClock } from '../agent/clock.ts';
import { lastLines, readableLog } from '../lifecycle/end.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { allocatedBytes, memoryPath } from './files.ts';
import { newIntent } from './intent.ts';
import { sendMemory } from './memory-stream.ts';
import { waitForMigration } from './migration.ts';
import { letRun } from './status.ts';

/** The error for a QEMU that did not take its saved memory: it ends then, and its own last words say why. */
function notLoaded(machine: Machine, error: unknown): NovaError {
  const { code, message, retryable, details } = errorData(error);
  const log = readableLog(lastLines(machine.paths.stderrLog));
  return new NovaError(
    code,
    `The saved memory of "${machine.record.spec.name}" could not be loaded: ${log.at(-1) ?? message}`,
    { cause: error, retryable, details: { ...details, log } },
  );
}

/**
 * Starts a machine whose record says `resumeFrom`: QEMU with the devices of that snapshot on today's disks, its memory loaded,
 * running. After a failure it is as before, saved. The disks must not have been written to since `resumeFrom` was set.
 */
export async function resumeSaved(context: OperationContext, env: MachineEnvironment, machine: Machine): Promise<void> {
  const { record } = machine;
  const snapshot = record.snapshots.find((entry) => entry.id === record.resumeFrom);
  if (snapshot?.memoryFile === undefined || snapshot.memoryFile === null || snapshot.argv === null) {
    machine.save((current) => ({ ...current, resumeFrom: null }));
    throw new NovaError(
      'not_found',
      `The saved memory of "${record.spec.name}" is gone. Its disks are sound: start it again, and it boots from them.`,
    );
  }
  const file = memoryPath(machine, snapshot.memoryFile);
  const socket = join(machine.paths.runtime, 'incoming');
  machine.save((current) => ({ ...current, intent: newIntent('restore', [], { stage: 'resume' }) }));
  let launched = false;
  try {
    const client = await env.launch(context, machine, {
      argv: snapshot.argv,
      incoming: true,
      hotplugged: snapshot.hotplugged,
    });
    launched = true;
    rmSync(socket, { force: true });
    await client.execute('migrate-incoming', { uri: `unix:${socket}` });
    const total = Math.max(1, allocatedBytes(file));
    const sending = sendMemory(file, socket, {
      signal: context.signal,
      sent: (bytes) => context.progress(Math.min(0.99, bytes / total), 'Loading the memory'),
    });
    // A QEMU that refuses the stream closes its end: the migration's own error says more than ours.
    sending.catch(() => undefined);
    await waitForMigration(client, { signal: context.signal, progress: () => undefined });
    await sending;
    await letRun(client);
    machine.save((current) => ({ ...current, intent: null, resumeFrom: null }));
    // It runs already; nobody waits for its agent.
    void setGuestClock(machine);
  } catch (error) {
    await env.terminate(machine, 'Its saved memory could not be loaded.');
    machine.save((current) => ({ ...current, intent: null }));
    throw context.signal.aborted
      ? new NovaError('cancelled', `The restore of "${record.spec.name}" was cancelled.`, { cause: error })
      : launched
        ? notLoaded(machine, error)
        : error;
  } finally {
    rmSync(socket, { force: true });
  }
}
