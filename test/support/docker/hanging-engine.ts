import { type EngineLimits, engineLimits } from '../../../drivers/docker/engine/limits.ts';
import { stopProcess } from '../stopped.ts';
import type { TestDaemon } from './daemon.ts';
import { type EngineProxy, openEngineProxy } from './lossy-engine.ts';

/** An engine that hangs when it is to. */
export type HangingEngine = EngineProxy & {
  /** For a driver: short only while the engine is to hang, so that a busy machine is not taken for a hung engine later. */
  limits: EngineLimits;
  /** Runs work in which the engine hangs from the first such request on, which it has got, until the work has ended. What it threw. */
  hung(method: string, path: RegExp, work: () => Promise<unknown> | undefined): Promise<unknown>;
};

/** How long a hanging engine is waited for, milliseconds. */
const patienceMs = 800;

/** Opens a way to the daemon. The caller closes it before the daemon. */
export async function openHangingEngine(daemon: TestDaemon): Promise<HangingEngine> {
  let until: { method: string; path: RegExp } | null = null;
  const limits = { ...engineLimits };
  const proxy = await openEngineProxy(daemon.address, (method, url) => {
    if (until === null || until.method !== method || !until.path.test(url)) return false;
    until = null;
    stopProcess(daemon.child().pid as number);
    return false;
  });
  return {
    ...proxy,
    limits,
    async hung(method, path, work) {
      until = { method, path };
      // A request reads them when it is made.
      Object.assign(limits, { requestMs: patienceMs, longMs: patienceMs, stopMarginMs: patienceMs });
      try {
        await work();
      } catch (error) {
        return error;
      } finally {
        until = null;
        Object.assign(limits, engineLimits);
        process.kill(daemon.child().pid as number, 'SIGCONT');
      }
      throw new Error(`It came to its end in spite of ${method} ${path.source}.`);
    },
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
