/** How many looks are under way at one time: the engine answers each in milliseconds, and a burst brings thousands. */
const atOnce = 8;

/** Values that come one after the other from looks that run beside each other. */
export type Looks<T> = {
  /** Looks at a key, or once more when it is being looked at: what happened after the look began is not in its answer. */
  look(key: string): void;
  /** Puts a value in line; one that equals a waiting one is left out. */
  tell(value: T): void;
  /** What was found, in the order of the answers; ends after `end` when all is told. One reader only. */
  values(): AsyncIterable<T>;
  /** Nothing more comes. Idempotent. */
  end(): void;
};

/** Null is not told, nor a look that failed: the next event or the full look after a lost connection tells. */
export function openLooks<T>(find: (key: string) => Promise<T | null>): Looks<T> {
  const waiting = new Set<string>();
  const busy = new Set<string>();
  const found: T[] = [];
  const told = new Set<string>();
  let ended = false;
  let wake: () => void = () => undefined;
  const run = async (key: string): Promise<void> => {
    const value = await find(key).catch(() => null);
    busy.delete(key);
    if (value !== null) found.push(value);
    wake();
    next();
  };
  const next = (): void => {
    for (const key of waiting) {
      if (busy.size >= atOnce) return;
      if (busy.has(key)) continue;
      waiting.delete(key);
      busy.add(key);
      void run(key);
    }
  };
  return {
    look(key) {
      waiting.add(key);
      next();
    },
    tell(value) {
      const text = JSON.stringify(value);
      if (told.has(text)) return;
      told.add(text);
      found.push(value);
      wake();
    },
    async *values() {
      for (;;) {
        const value = found.shift();
        if (value !== undefined) {
          told.delete(JSON.stringify(value));
          yield value;
        } else if (ended && waiting.size === 0 && busy.size === 0) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
    end() {
      ended = true;
      wake();
    },
  };
}
