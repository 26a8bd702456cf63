import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvent } from '../../driver.ts';
import { errorData, NovaError } from '../../errors.ts';
import type { RunState } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineRecord } from '../machine/record.ts';
import { classifyEnd, lastLines, shutdownInLog, watchdogInLog } from './end.ts';
import type { LiveState } from './live.ts';
import { endedForMemory } from './oom.ts';
import { watchdogPowersOff } from './watchdog.ts';

/** Notices the ends of runs, and who waits for them. */
export type Ends = {
  /** Notes the end if the process is gone. True when it was. `seen`: how it stands, when that was just looked at. */
  check(machine: Machine, seen?: RunState): Promise<boolean>;
  /** Resolves when the run has ended and is noted; at once without one. Throws `timeout` or `cancelled`. */
  wait(machine: Machine, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
};

/** A process with large memory takes this long to be torn down after its sockets closed, milliseconds. */
export const dyingMs = 5_000;
/** How often somebody who waits has the process looked at, milliseconds: an adopted one with a lost connection tells nobody of its end. */
const waitEveryMs = 50;

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

/** How a run ended, by what its state, its exit and its log say. */
async function endOf(machine: Machine, state: LiveState) {
  // The exit code arrives with the signal of the child's end, a moment after its sockets closed.
  const exit = await exitOf(state);
  const log = lastLines(machine.paths.stderrLog);
  const bitten = state.watchdog === 'poweroff' || watchdogInLog(log);
  return classifyEnd({
    expected: state.expectedEnd,
    shutdown: state.shutdown ?? shutdownInLog(log),
    panicked: state.panicked,
    watchdog: bitten ? 'yes' : watchdogPowersOff(machine) ? 'perhaps' : 'no',
    exit,
    outOfMemory: endedForMemory(state.oom),
    log,
  });
}

/** Nothing has ended yet. */
export function createEnds(options: {
  live(machine: Machine): LiveState;
  /** What is known of the run is void from now on. */
  renew(machine: Machine): void;
  /** Called once after each end, before it is told. */
  onEnd(machine: Machine): void;
  tell(machine: Machine): void;
  emit(event: DriverEvent): void;
}): Ends {
  const waiters = new Map<string, Set<() => void>>();
  const noting = new Map<string, Promise<void>>();

  const note = async (machine: Machine): Promise<void> => {
    const end = await endOf(machine, options.live(machine));
    machine.connected?.close();
    options.renew(machine);
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
    options.tell(machine);
    for (const wake of waiters.get(machine.id) ?? []) {
      wake();
    }
    waiters.delete(machine.id);
  };

  const check = async (machine: Machine, seen?: RunState): Promise<boolean> => {
    if (machine.record.run === null) {
      return true;
    }
    if (options.live(machine).launching || (seen ?? machine.state()) !== 'gone') {
      return false;
    }
    let now = noting.get(machine.id);
    if (now === undefined) {
      now = note(machine).finally(() => noting.delete(machine.id));
      noting.set(machine.id, now);
    }
    await now;
    return true;
  };

  return {
    check,
    async wait(machine, { timeoutMs, signal }) {
      if (await check(machine)) {
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const own = waiters.get(machine.id) ?? new Set();
        waiters.set(machine.id, own);
        const finish = (settle: () => void): void => {
          clearTimeout(limit);
          clearInterval(poll);
          signal?.removeEventListener('abort', cancel);
          own.delete(done);
          settle();
        };
        const done = (): void => finish(resolve);
        const fail = (error: NovaError): void => finish(() => reject(error));
        const cancel = (): void => fail(new NovaError('cancelled', 'The wait was cancelled.'));
        const limit = setTimeout(() => {
          const text = `The machine did not end within ${timeoutMs / 1000} s.`;
          fail(new NovaError('timeout', text, { retryable: true }));
        }, timeoutMs);
        const poll = setInterval(() => {
          if (machine.record.run === null) {
            done();
          } else {
            void check(machine);
          }
        }, waitEveryMs);
        own.add(done);
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true) {
          cancel();
        }
      });
    },
  };
}
