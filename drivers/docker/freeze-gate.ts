/**
 * Keeps freezes and the starts of commands apart, for each workload: a command that begins in the very moment in which its container
 * is frozen can hang for ever in Docker 20.10. Starts go beside each other; a freeze waits for those that are under way, and those
 * that come later wait for it.
 */
export type FreezeGate = {
  /** Runs the start of a command. It counts as under way until `started`, which may settle later than the work, has settled too. */
  start<T>(id: string, work: (until: (started: Promise<unknown>) => void) => Promise<T>): Promise<T>;
  /** Runs a freeze, alone. */
  freeze<T>(id: string, work: () => Promise<T>): Promise<T>;
};

/** A start that hangs in the engine must not keep its container from ever being frozen, milliseconds. */
const startLimitMs = 10_000;

/** Settles when `work` has, at the latest after `ms`; never rejects. */
async function atMost(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    timer.unref();
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** A gate for the workloads of one driver. */
export function createFreezeGate(limitMs = startLimitMs): FreezeGate {
  const starts = new Map<string, Set<Promise<void>>>();
  const freezes = new Map<string, Promise<void>>();
  return {
    async start(id, work) {
      for (let frozen = freezes.get(id); frozen !== undefined; frozen = freezes.get(id)) await frozen;
      const begun: Promise<unknown>[] = [];
      const done = work((started) => begun.push(started));
      const over = atMost(
        done.then(() => Promise.all(begun)),
        limitMs,
      );
      const running = starts.get(id) ?? new Set();
      starts.set(id, running.add(over));
      const forget = () => {
        running.delete(over);
        if (running.size === 0 && starts.get(id) === running) starts.delete(id);
      };
      over.then(forget, forget);
      return done;
    },
    async freeze(id, work) {
      const before = freezes.get(id);
      const turn = (async () => {
        await before?.catch(() => undefined);
        await Promise.all(starts.get(id) ?? new Set<Promise<void>>());
        return work();
      })();
      const over = turn.then(
        () => undefined,
        () => undefined,
      );
      freezes.set(id, over);
      const forget = () => {
        if (freezes.get(id) === over) freezes.delete(id);
      };
      over.then(forget, forget);
      return turn;
    },
  };
}
