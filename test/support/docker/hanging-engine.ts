import { type EngineLimits, engineLimits } from '../../../drivers/docker/engine/limits.ts';
import { stopProcess } from '../stopped.ts';
import type { TestDaemon } from './daemon.ts';
import { type EngineProxy, openEngineProxy } from './lossy-engine.ts';

/** An engine that hangs when it is to. */
export type HangingEngine = EngineProxy & {
  /** For a driver: short only while the engine is to hang, so that a busy machine is not taken for a hung engine later. */
  limits: EngineLimits;
  /** Runs work in which the engine `hangs` from the first such request on, which it has got, until the work has ended. What it threw. */
  hung(method: string, path: RegExp, work: (hangs: Promise<void>) => Promise<unknown> | undefined): Promise<unknown>;
  /** The same for work that says itself when the engine is to `hang`. */
  hungBy(work: (hang: () => void) => Promise<unknown> | undefined): Promise<unknown>;
};

/** How long a hanging engine is waited for, milliseconds. */
const patienceMs = 800;

/** How long one that may come to hang is waited for, milliseconds: also that one answers in time on a busy machine. */
const beforeMs = 2_500;
/** The limits of a driver whose engine hangs. */
const impatient = { requestMs: patienceMs, longMs: patienceMs, stopMarginMs: patienceMs };

/** Opens a way to the daemon. The caller closes it before the daemon. */
export async function openHangingEngine(daemon: TestDaemon): Promise<HangingEngine> {
  let until: { method: string; path: RegExp } | null = null;
  let hangs = Promise.withResolvers<void>();
  const limits = { ...engineLimits };
  const proxy = await openEngineProxy(daemon.address, (method, url) => {
    if (until === null || until.method !== method || !until.path.test(url)) return false;
    until = null;
    stopProcess(daemon.child().pid as number);
    hangs.resolve();
    return false;
  });
  const through = async (work: () => Promise<unknown> | undefined): Promise<unknown> => {
    // A request reads them when it is made.
    Object.assign(limits, impatient);
    try {
      await work();
    } catch (error) {
      return error;
    } finally {
      until = null;
      Object.assign(limits, engineLimits);
      process.kill(daemon.child().pid as number, 'SIGCONT');
    }
    throw new Error('It came to its end in spite of the engine that hangs.');
  };
  return {
    ...proxy,
    limits,
    hung(method, path, work) {
      until = { method, path };
      hangs = Promise.withResolvers<void>();
      return through(() => work(hangs.promise));
    },
    hungBy: (work) => through(() => work(() => stopProcess(daemon.child().pid as number))),
  };
}

/** An engine that does one request late. */
export type LateEngine = EngineProxy & {
  /** The request has come, and waits. */
  come: Promise<void>;
  /** Lets the engine have it. */
  release(): void;
};

/** Opens a way to the engine on which the first such request reaches it only when it is released, though its asker be gone by then; what comes after it never does. */
export async function openLateEngine(address: string, method: string, path: RegExp): Promise<LateEngine> {
  const come = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let held = false;
  const proxy = await openEngineProxy(address, (asked, url) => {
    // To who asks here it hangs from then on.
    if (held) return new Promise(() => undefined);
    if (asked !== method || !path.test(url)) return false;
    held = true;
    come.resolve();
    return released.promise;
  });
  return { ...proxy, come: come.promise, release: () => released.resolve() };
}

/** An engine that hangs at a command of an operation, counted from its begin. */
export type StepEngine = EngineProxy & {
  /** As `HangingEngine.limits`. */
  limits: EngineLimits;
  /**
   * Runs work in which the engine hangs from the command on that is the `at`th, which it has got, until the work has ended. `command` is
   * null where the work has fewer; `error` is what it threw, null when it came to its end all the same.
   */
  hung(at: number, work: () => Promise<unknown>): Promise<{ command: string | null; error: unknown }>;
};

/** Opens a way to the daemon. The caller closes it before the daemon. */
export async function openStepEngine(daemon: TestDaemon): Promise<StepEngine> {
  let left = 0;
  let command: string | null = null;
  const limits = { ...engineLimits };
  const proxy = await openEngineProxy(daemon.address, (method, url) => {
    if (left === 0 || method === 'GET' || method === 'HEAD') return false;
    left -= 1;
    if (left > 0) return false;
    command = `${method} ${url}`;
    stopProcess(daemon.child().pid as number);
    Object.assign(limits, impatient);
    return false;
  });
  return {
    ...proxy,
    limits,
    async hung(at, work) {
      left = at;
      command = null;
      let error: unknown = null;
      Object.assign(limits, { requestMs: beforeMs, longMs: beforeMs, stopMarginMs: beforeMs });
      try {
        await work();
      } catch (thrown) {
        error = thrown;
      } finally {
        left = 0;
        Object.assign(limits, engineLimits);
        process.kill(daemon.child().pid as number, 'SIGCONT');
      }
      return { command, error };
    },
  };
}
