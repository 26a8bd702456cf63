import { errorData } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { Ends } from './ends.ts';
import type { LiveState } from './live.ts';

/** How often processes are looked at, milliseconds. Two looks in a row must see SIGSTOP, so that 5 s are kept. */
const lookEveryMs = 2_000;
/** A monitor that gave no answer to anybody for so long is asked for a sign of life, milliseconds. The process is seen sooner. */
const silentMs = 10_000;

/** What is said of a QEMU that somebody stopped by a signal. */
export const stoppedBySignal = 'QEMU is stopped by a signal (SIGSTOP). Continue it (SIGCONT) or force it off.';

/** Looks at machines that run again and again: whether their process is there, and whether QEMU answers. `close` ends it. */
export function createLooks(options: {
  live: (machine: Machine) => LiveState;
  followed: () => Iterable<Machine>;
  ends: Pick<Ends, 'check'>;
  refresh: (machine: Machine, client: QmpClient) => Promise<void>;
  tell: (machine: Machine) => void;
}): { close(): void } {
  const { live, ends, refresh, tell } = options;
  /** Those that stood still at the look before. */
  const stopped = new WeakSet<Machine>();
  const looking = new WeakSet<Machine>();

  const look = async (machine: Machine): Promise<void> => {
    const state = live(machine);
    const seen = machine.state();
    if (machine.record.run === null || state.launching || (await ends.check(machine, seen))) {
      return;
    }
    if (seen === 'stopped') {
      if (stopped.has(machine)) {
        state.unresponsive = stoppedBySignal;
        tell(machine);
      }
      stopped.add(machine);
      return;
    }
    stopped.delete(machine);
    const answeredAt = machine.connected?.answeredAt ?? Number.NEGATIVE_INFINITY;
    if (state.unresponsive === null && state.confirmed !== null && performance.now() - answeredAt <= silentMs) {
      return;
    }
    try {
      const client = await machine.qmp();
      if (client !== null) {
        await refresh(machine, client);
      }
    } catch (error) {
      state.unresponsive = errorData(error).message;
      tell(machine);
    }
  };

  const lookAlone = async (machine: Machine): Promise<void> => {
    if (looking.has(machine)) {
      return;
    }
    looking.add(machine);
    try {
      await look(machine);
    } finally {
      looking.delete(machine);
    }
  };

  const timer = setInterval(() => {
    for (const machine of options.followed()) {
      void lookAlone(machine);
    }
  }, lookEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
