/** Sends values to any number of readers; each reader has its own bounded backlog. */
export type Broadcast<T> = {
  send(value: T): void;
  /** Values from now on, until the signal is aborted. A reader that is `bound` values behind loses the oldest. */
  subscribe(signal: AbortSignal): AsyncIterable<T>;
};

/** A broadcast whose readers lag by at most `bound` values. */
export function createBroadcast<T>(bound: number): Broadcast<T> {
  const readers = new Set<(value: T) => void>();
  return {
    send(value) {
      for (const reader of readers) {
        reader(value);
      }
    },
    async *subscribe(signal) {
      const backlog: T[] = [];
      let wake = () => {};
      const reader = (value: T) => {
        backlog.push(value);
        if (backlog.length > bound) {
          backlog.shift();
        }
        wake();
      };
      const onAbort = () => wake();
      readers.add(reader);
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted) {
          const next = backlog.shift();
          if (next !== undefined) {
            yield next;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        readers.delete(reader);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
