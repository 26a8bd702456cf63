import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent, Observation } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import type { RunState } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineRecord } from '../machine/record.ts';
import type { QmpClient } from '../qmp/types.ts';
import { confirmedResources } from './confirm.ts';
import { askDiskError, createReportedErrors } from './disk-error.ts';
import { classifyEnd, lastLines, shutdownInLog, watchdogInLog } from './end.ts';
import { takeEvent } from './events.ts';
import { type LiveState, newLiveState } from './live.ts';
import { observe } from './observe.ts';
import { endedForMemory, watchOom } from './oom.ts';
import { statusOf } from './status.ts';
import { watchdogNotice, watchdogPowersOff } from './watchdog.ts';

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
  waitForEnd(machine: Machine, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
  /** Asks CPU and memory again, after a resize. */
  confirm(machine: Machine): Promise<void>;
  /** Tells the host the present observation. */
  tell(machine: Machine): void;
  /** Machines that run, as far as is known. */
  followed(): Machine[];
  forget(machine: Machine): void;
  close(): void;
};

/** How often processes are looked at. Two looks in a row must see SIGSTOP, so that 5 s are kept. */
const lookEveryMs = 2_000;
/** A monitor that gave no answer to anybody for so long is asked for a sign of life, milliseconds. The process is seen sooner. */
const silentMs = 10_000;
/** A process with large memory takes this long to be torn down after its sockets closed. */
const dyingMs = 5_000;
/** The exit of our own child, null for an adopted process or when it does not come. Somebody waits for it, so it keeps us alive. */
async function exitOf(state: LiveState): Promise<{ code: number | null; signal: string | null } | null> {
  if (state.exit === null) {
    return null;
  }
  const limit = new AbortController();
  const late = async (): Promise<null> => {
    try {
      return await sleep(dyingMs, null, { signal: limit.signal });
    } catch {
      return null;
    }
  };
  const exit = await Promise.race([state.exit, late()]);
  limit.abort();
  return exit;
}

/** Makes the tracker. `pending` names the spec fields that wait for the next start. */
export function createTracker(options: {
  emit(event: DriverEvent): void;
  pending(machine: Machine): string[];
  /** Called once after each end, before it is told. */
  onEnd(machine: Machine): void;
}): Tracker {
  const states = new Map<string, LiveState>();
  const followed = new Map<string, Machine>();
  const endWaiters = new Map<string, Set<() => void>>();
  const ending = new Map<string, Promise<void>>();
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

  const noteEnd = async (machine: Machine): Promise<void> => {
    const state = live(machine);
    // The exit code arrives with the signal of the child's end, a moment after its sockets closed.
    const exit = await exitOf(state);
    const log = lastLines(machine.paths.stderrLog);
    const end = classifyEnd({
      expected: state.expectedEnd,
      shutdown: state.shutdown ?? shutdownInLog(log),
      panicked: state.panicked,
      watchdog:
        state.watchdog === 'poweroff' || watchdogInLog(log) ? 'yes' : watchdogPowersOff(machine) ? 'perhaps' : 'no',
      exit,
      outOfMemory: endedForMemory(state.oom),
      log,
    });
    machine.connected?.close();
    followed.delete(machine.id);
    states.set(machine.id, newLiveState());
    const lastEnd = { ...end, atMs: Date.now() };
    const ended = (record: MachineRecord): MachineRecord => ({ ...record, run: null, lastEnd });
    try {
      options.onEnd(machine);
      machine.save(ended);
    } catch (error) {
      // The disk is full or read-only: the end is told all the same, and found out again by the next host.
      machine.keep(ended);
      options.emit({ type: 'notice', id: machine.id, level: 'error', message: errorData(error).message });
    }
    tell(machine);
    for (const wake of endWaiters.get(machine.id) ?? []) {
      wake();
    }
    endWaiters.delete(machine.id);
  };

  /** Notes the end if the process is gone. True when it was. `seen`: how it stands, when that was just looked at. */
  const checkEnd = async (machine: Machine, seen?: RunState): Promise<boolean> => {
    const state = live(machine);
    if (machine.record.run === null) {
      return true;
    }
    if (state.launching || (seen ?? machine.state()) !== 'gone') {
      return false;
    }
    let noting = ending.get(machine.id);
    if (noting === undefined) {
      noting = noteEnd(machine).finally(() => ending.delete(machine.id));
      ending.set(machine.id, noting);
    }
    await noting;
    return true;
  };

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
      if (closed || (await checkEnd(machine))) {
        return;
      }
      await sleep(10, undefined, { ref: false });
    }
    // It lives and only the connection is gone; the next look connects again.
  };

  const look = async (machine: Machine): Promise<void> => {
    const state = live(machine);
    const seen = machine.state();
    if (machine.record.run === null || state.launching || (await checkEnd(machine, seen))) {
      return;
    }
    if (seen === 'stopped') {
      stoppedLooks.set(machine.id, (stoppedLooks.get(machine.id) ?? 0) + 1);
      if ((stoppedLooks.get(machine.id) ?? 0) > 1) {
        state.unresponsive = 'QEMU is stopped by a signal (SIGSTOP). Continue it (SIGCONT) or force it off.';
        tell(machine);
      }
      return;
    }
    stoppedLooks.delete(machine.id);
    const answeredAt = machine.connected?.answeredAt ?? Number.NEGATIVE_INFINITY;
    if (state.unresponsive !== null || state.confirmed === null || performance.now() - answeredAt > silentMs) {
      try {
        const client = await machine.qmp();
        if (client !== null) {
          await refresh(machine, client);
        }
      } catch (error) {
        state.unresponsive = errorData(error).message;
        tell(machine);
      }
    }
  };
  const stoppedLooks = new Map<string, number>();
  const looking = new Set<string>();

  const timer = setInterval(() => {
    for (const machine of followed.values()) {
      if (!looking.has(machine.id)) {
        looking.add(machine.id);
        const finish = async (): Promise<void> => {
          try {
            await look(machine);
          } finally {
            looking.delete(machine.id);
          }
        };
        void finish();
      }
    }
  }, lookEveryMs);
  timer.unref();

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
          await checkEnd(machine);
        }
      };
      if (exit !== null) {
        void whenExited();
      }
    },
    async inspect(machine) {
      const state = live(machine);
      if (machine.record.run === null || state.launching || (await checkEnd(machine))) {
        return observeNow(machine);
      }
      followed.set(machine.id, machine);
      try {
        const client = machine.state() === 'stopped' ? null : await machine.qmp();
        if (client !== null) {
          await refresh(machine, client);
        } else if (machine.state() === 'stopped') {
          state.unresponsive ??= 'QEMU is stopped by a signal (SIGSTOP). Continue it (SIGCONT) or force it off.';
        } else {
          await checkEnd(machine);
        }
      } catch (error) {
        if (!(await checkEnd(machine))) {
          state.unresponsive = errorData(error).message;
        }
      }
      return observeNow(machine);
    },
    async waitForEnd(machine, { timeoutMs, signal }) {
      if (await checkEnd(machine)) {
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const waiters = endWaiters.get(machine.id) ?? new Set();
        endWaiters.set(machine.id, waiters);
        const finish = (settle: () => void): void => {
          clearTimeout(limit);
          clearInterval(poll);
          signal?.removeEventListener('abort', cancel);
          waiters.delete(done);
          settle();
        };
        const done = (): void => finish(resolve);
        const cancel = (): void => finish(() => reject(new NovaError('cancelled', 'The wait was cancelled.')));
        const limit = setTimeout(() => {
          finish(() =>
            reject(
              new NovaError('timeout', `The machine did not end within ${timeoutMs / 1000} s.`, { retryable: true }),
            ),
          );
        }, timeoutMs);
        // An adopted process with a lost connection tells nobody of its end.
        const poll = setInterval(() => {
          if (machine.record.run === null) {
            done();
          } else {
            void checkEnd(machine);
          }
        }, 50);
        waiters.add(done);
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true) {
          cancel();
        }
      });
    },
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
      clearInterval(timer);
    },
  };
}
