/** A bell that many wait for: each wait ends with the next ring or after the limit. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring with true, after `limitMs` with false. */
  wait(limitMs: number): Promise<boolean>;
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
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting = waiting.filter((entry) => entry !== done);
          resolve(false);
        }, limitMs);
        waiting.push(done);
      });
    },
  };
}
