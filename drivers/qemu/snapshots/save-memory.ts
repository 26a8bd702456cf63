import { rmSync } from 'node:fs';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { memorySocket } from './files.ts';
import { receiveMemory } from './memory-stream.ts';
import { endMigration, prepareSave, waitForMigration } from './migration.ts';
import { letRun, runState, standAgain } from './status.ts';

/** What `saveMemory` is asked for. */
export type SaveMemory = {
  /** The file, which must not exist. */
  file: string;
  /** Cuts the disks. Called while the guest stands still, at the instant of the memory. */
  cut: () => Promise<void>;
  /** `hold` leaves the guest standing afterwards. */
  after: 'run' | 'hold' | 'stand';
};

/** The file's writer has the last bytes on the disk within this after the stream's end, milliseconds. */
const writerLimitMs = 60_000;

/** States in which the memory can be saved. */
const savable = new Set(['running', 'paused', 'postmigrate']);

/** Throws `wrong_state` when the machine is in no state to save its memory. */
export async function assertSavable(machine: Machine, client: QmpClient): Promise<string> {
  const state = await runState(client);
  if (!savable.has(state)) {
    const fix = state === 'io-error' ? ' Free space or mend the disk, then resume it.' : '';
    throw new NovaError(
      'wrong_state',
      `The memory of "${machine.record.spec.name}" cannot be saved while it is "${state}".${fix}`,
      {
        details: { state },
      },
    );
  }
  return state;
}

/**
 * Writes the guest's memory and devices to a file and has the disks cut at the same instant: the guest is stopped, the disks are
 * cut, and the save begins. In the background form QEMU itself lets the guest run on as soon as the devices are stored and all
 * memory is write-protected; else it stands until all is written. Returns how long it stood, milliseconds. After a failure the
 * file is gone and the guest is as before; the disks may have been cut.
 */
export async function saveMemory(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  request: SaveMemory,
): Promise<{ pauseMs: number }> {
  const state = await assertSavable(machine, client);
  const ran = state === 'running';
  const { background, reason } = await prepareSave(client, ran && request.after === 'run' ? 'background' : 'standing');
  if (reason !== null) {
    context.log(`The guest stands still while its memory is written: ${reason}`);
  }
  const socket = memorySocket(machine);
  const receiver = await receiveMemory(socket, request.file);
  let stoppedAt = 0;
  let resumedAt = 0;
  let begun = false;
  const stopListening = client.onEvent((event) => {
    if (event.event === 'STOP') {
      stoppedAt ||= event.timestampMs;
    } else if (event.event === 'RESUME') {
      resumedAt = event.timestampMs;
    }
  });
  try {
    if (ran) {
      await client.execute('stop', undefined, { timeoutMs: 60_000 });
    }
    await request.cut();
    begun = true;
    await client.execute('migrate', { uri: `unix:${socket}` }, { timeoutMs: 60_000 });
    await failpoint('qemu.snapshot.memory');
    await waitForMigration(client, {
      signal: context.signal,
      failed: receiver.done,
      progress: (transferred, total) => context.progress(Math.min(0.99, transferred / total), 'Writing the memory'),
    });
    if (!background) {
      if (ran && request.after === 'run') {
        await client.execute('cont');
      } else if (request.after !== 'hold') {
        await standAgain(client);
      }
    }
    await receiver.done;
    return { pauseMs: ran && resumedAt > 0 ? Math.round(resumedAt - stoppedAt) : 0 };
  } catch (error) {
    // Its space is free as soon as nobody writes to it.
    rmSync(request.file, { force: true });
    const refused = error instanceof NovaError && error.details['command'] === 'migrate' && 'qmpClass' in error.details;
    if (!begun || refused) {
      receiver.stop();
    }
    let ended = false;
    try {
      await endMigration(client);
      ended = true;
    } finally {
      receiver.giveUp(ended ? writerLimitMs : 0);
    }
    const cause = await receiver.done.then(
      () => error,
      // QEMU only sees a closed socket; the reason is on our side of it.
      (own: unknown) => (own instanceof NovaError && own.code === 'resource_exhausted' ? own : error),
    );
    if (ran) {
      await letRun(client);
    } else if ((await runState(client)) === 'postmigrate') {
      await standAgain(client);
    }
    throw cause;
  } finally {
    stopListening();
  }
}
