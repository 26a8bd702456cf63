/** A bell that many wait for: each wait ends with the next ring or after the limit. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring, at the latest after `limitMs`. */
  wait(limitMs: number): Promise<void>;
};

/** Makes a bell. */
export function createBell(): Bell {
  let waiting: (() => void)[] = [];
  return {
    ring() {
      const wake = waiting;
      waiting = [];
      for (const resolve of wake) {
        resolve();
      }
    },
    wait(limitMs) {
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting = waiting.filter((entry) => entry !== done);
          resolve();
        }, limitMs);
        waiting.push(done);
      });
    },
  };
}
