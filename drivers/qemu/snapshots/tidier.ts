import type { OperationContext } from '../../driver.ts';
import { errorData } from '../../errors.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import { collectLayers, neededLayers } from './collect.ts';
import { nextCollectStep } from './collect-plan.ts';
import { recoverIntent } from './recover.ts';

/** Puts right in the background what takes longer than a recovery may: it gives way to every operation. */
export type Tidier = {
  /** Begins, where there is something to do: a snapshot that is still being written is undone, layers that nobody needs are merged. */
  begin(machine: Machine): void;
  /** Runs an operation on a machine with nothing going on beside it, and goes on afterwards. */
  during<T>(machine: Machine | null, action: () => Promise<T>): Promise<T>;
  /** Ends all of it; the next host goes on. */
  close(): Promise<void>;
};

function hasWork(env: MachineEnvironment, machine: Machine): boolean {
  const { intent } = machine.record;
  if (machine.state() === 'stopped') {
    return false;
  }
  return intent === null
    ? nextCollectStep(machine.record, neededLayers(env, machine)) !== null
    : intent.kind === 'snapshot';
}

/** Makes the tidier of a driver. `close` it. */
export function createTidier(env: MachineEnvironment): Tidier {
  const going = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  const held = new Map<string, number>();
  /** Machines whose work was not done when an operation began. */
  const waiting = new Set<string>();
  let closed = false;

  const tidy = async (machine: Machine, signal: AbortSignal): Promise<void> => {
    const context: OperationContext = {
      signal,
      progress: () => undefined,
      log: () => undefined,
      saveHandle: () => undefined,
    };
    try {
      if (machine.record.intent !== null) {
        await recoverIntent(env, machine, { signal });
        env.emit({ type: 'snapshots', id: machine.id });
      }
      await collectLayers(context, env, machine, { merge: true });
    } catch (error) {
      if (!signal.aborted) {
        const { message } = errorData(error);
        env.emit({
          type: 'notice',
          id: machine.id,
          level: 'warning',
          message: `Left-overs of "${machine.record.spec.name}" are still there: ${message}`,
        });
      }
    }
  };

  const begin = (machine: Machine): void => {
    if (closed || going.has(machine.id) || held.has(machine.id)) {
      return;
    }
    try {
      if (!hasWork(env, machine)) {
        return;
      }
    } catch {
      // Another machine's record can't be read, so nobody knows what it needs of this one.
      return;
    }
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      await tidy(machine, abort.signal);
      going.delete(machine.id);
    };
    going.set(machine.id, { abort, ended: run() });
  };

  const hold = async (id: string): Promise<void> => {
    held.set(id, (held.get(id) ?? 0) + 1);
    const task = going.get(id);
    if (task !== undefined) {
      waiting.add(id);
      task.abort.abort();
      await task.ended;
    }
  };

  const release = (machine: Machine): void => {
    const left = (held.get(machine.id) ?? 1) - 1;
    if (left > 0) {
      held.set(machine.id, left);
      return;
    }
    held.delete(machine.id);
    if (waiting.delete(machine.id) && env.find(machine.id) === machine) {
      begin(machine);
    }
  };

  return {
    begin,
    async during(machine, action) {
      if (machine === null) {
        return await action();
      }
      await hold(machine.id);
      try {
        return await action();
      } finally {
        release(machine);
      }
    },
    async close() {
      closed = true;
      const tasks = [...going.values()];
      for (const task of tasks) {
        task.abort.abort();
      }
      await Promise.all(tasks.map((task) => task.ended));
    },
  };
}
