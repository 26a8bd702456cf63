import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent, Observation } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { confirmedResources } from './confirm.ts';
import { askDiskError, createReportedErrors } from './disk-error.ts';
import { createEnds, dyingMs, type Ends } from './ends.ts';
import { takeEvent } from './events.ts';
import { type LiveState, newLiveState } from './live.ts';
import { createLooks, stoppedBySignal } from './looks.ts';
import { observe } from './observe.ts';
import { watchOom } from './oom.ts';
import { statusOf } from './status.ts';
import { watchdogNotice } from './watchdog.ts';

/** Follows every machine of the driver: keeps the observed state, tells changes, notices ends. */
export type Tracker = {
  live(machine: Machine): LiveState;
  /** The observation from what is known now. */
  observe(machine: Machine): Observation;
  /** Asks QEMU, then observes. An answer that does not come is an attention, not an error. */
  inspect(machine: Machine): Promise<Observation>;
  /** Called for each new monitor connection. */
  attach(machine: Machine, client: QmpClient): void;
  /** Follows a run from now on: an adopted one, or one that was just launched. */
  follow(machine: Machine): void;
  /** Resolves when the run has ended and is noted; at once without one. Throws `timeout` or `cancelled`. */
  waitForEnd: Ends['wait'];
  /** Asks CPU and memory again, after a resize. */
  confirm(machine: Machine): Promise<void>;
  /** Tells the host the present observation. */
  tell(machine: Machine): void;
  /** Machines that run, as far as is known. */
  followed(): Machine[];
  forget(machine: Machine): void;
  close(): void;
};

/** Makes the tracker. `pending` names the spec fields that wait for the next start. */
export function createTracker(options: {
  emit(event: DriverEvent): void;
  pending(machine: Machine): string[];
  /** Called once after each end, before it is told. */
  onEnd(machine: Machine): void;
}): Tracker {
  const states = new Map<string, LiveState>();
  const followed = new Map<string, Machine>();
  const told = new Map<string, string>();
  let closed = false;

  const live = (machine: Machine): LiveState => {
    let state = states.get(machine.id);
    if (state === undefined) {
      state = newLiveState();
      states.set(machine.id, state);
    }
    return state;
  };

  const observeNow = (machine: Machine): Observation => observe(machine, live(machine), options.pending(machine));

  const tell = (machine: Machine): void => {
    const observation = observeNow(machine);
    const text = JSON.stringify(observation);
    if (told.get(machine.id) !== text && !closed) {
      told.set(machine.id, text);
      options.emit({ type: 'observed', id: machine.id, observation });
    }
  };

  const ends = createEnds({
    live,
    renew(machine) {
      followed.delete(machine.id);
      states.set(machine.id, newLiveState());
    },
    onEnd: (machine) => options.onEnd(machine),
    tell,
    emit: (event) => options.emit(event),
  });

  const refresh = async (machine: Machine, client: QmpClient): Promise<void> => {
    const state = live(machine);
    const tellKnown = (): void => {
      if (machine.record.run !== null && !state.launching) {
        tell(machine);
      }
    };
    try {
      const { status } = await client.execute<{ status: string }>('query-status');
      state.status = statusOf(status);
      state.unresponsive = null;
      if (state.status.phase !== 'paused') {
        state.ioError = null;
      } else if (status === 'io-error') {
        // After a lost connection nobody heard the event.
        state.ioError ??= await askDiskError(client, machine.paths.directory);
      }
      if (state.confirmed === null) {
        // That it runs need not wait for how much it has.
        tellKnown();
        state.confirmed = await confirmedResources(client);
      }
    } catch (error) {
      // A connection that ended is no answer of a hung QEMU: the process is looked at next.
      if (error instanceof NovaError && error.code === 'timeout') {
        state.unresponsive = error.message;
      }
    }
    tellKnown();
  };

  const reconnect = async (machine: Machine): Promise<void> => {
    const deadline = Date.now() + dyingMs;
    while (Date.now() < deadline) {
      if (closed || (await ends.check(machine))) {
        return;
      }
      await sleep(10, undefined, { ref: false });
    }
    // It lives and only the connection is gone; the next look connects again.
  };

  const looks = createLooks({ live, followed: () => followed.values(), ends, refresh, tell });

  return {
    live,
    observe: observeNow,
    tell,
    attach(machine, client) {
      let timerId: NodeJS.Timeout | null = null;
      const later = (ms: number): void => {
        if (timerId !== null) {
          clearTimeout(timerId);
        }
        timerId = setTimeout(() => {
          timerId = null;
          void refresh(machine, client);
        }, ms);
      };
      const reported = createReportedErrors();
      client.onEvent((event) => {
        const failure = reported(event, Date.now());
        if (failure !== null) {
          options.emit({ type: 'notice', id: machine.id, level: 'error', message: failure });
        }
        const ms = takeEvent(live(machine), event, machine.paths.directory);
        if (event.event === 'WATCHDOG') {
          options.emit({ type: 'notice', id: machine.id, level: 'warning', message: watchdogNotice(event) });
        }
        if (ms !== null) {
          later(ms);
        }
      });
      const leave = async (): Promise<void> => {
        await client.closed;
        if (timerId !== null) {
          clearTimeout(timerId);
        }
        if (!closed) {
          await reconnect(machine);
        }
      };
      void leave();
    },
    follow(machine) {
      followed.set(machine.id, machine);
      const state = live(machine);
      state.oom ??= machine.record.run === null ? null : watchOom(machine.record.run.pid);
      const { exit } = state;
      const whenExited = async (): Promise<void> => {
        await exit;
        // After our end the record is the next host's, who finds the end out by itself.
        if (!closed) {
          await ends.check(machine);
        }
      };
      if (exit !== null) {
        void whenExited();
      }
    },
    async inspect(machine) {
      const state = live(machine);
      if (machine.record.run === null || state.launching || (await ends.check(machine))) {
        return observeNow(machine);
      }
      followed.set(machine.id, machine);
      try {
        const client = machine.state() === 'stopped' ? null : await machine.qmp();
        if (client !== null) {
          await refresh(machine, client);
        } else if (machine.state() === 'stopped') {
          state.unresponsive ??= stoppedBySignal;
        } else {
          await ends.check(machine);
        }
      } catch (error) {
        if (!(await ends.check(machine))) {
          state.unresponsive = errorData(error).message;
        }
      }
      return observeNow(machine);
    },
    waitForEnd: (machine, how) => ends.wait(machine, how),
    async confirm(machine) {
      const client = await machine.qmp();
      if (client !== null) {
        live(machine).confirmed = await confirmedResources(client);
        tell(machine);
      }
    },
    followed: () => [...followed.values()],
    forget(machine) {
      states.delete(machine.id);
      followed.delete(machine.id);
      told.delete(machine.id);
    },
    close() {
      closed = true;
      looks.close();
    },
  };
}
