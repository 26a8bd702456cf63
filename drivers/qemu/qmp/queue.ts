/** A queue with one writer and one reader, read as an async iterable. Bounded: the oldest values give way. */
export type Queue<T> = AsyncIterable<T> & {
  push(value: T): void;
  /** Ends the reader after what is queued. Idempotent. */
  end(): void;
};

/** Makes a queue. `onReturn` is called once, when the reader leaves or the end was read. */
export function createQueue<T>(options: { limit: number; onReturn?: () => void }): Queue<T> {
  const values: T[] = [];
  let ended = false;
  let wake: (() => void) | null = null;
  const notify = (): void => {
    wake?.();
    wake = null;
  };
  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        while (values.length > 0) {
          yield values.shift() as T;
        }
        if (ended) {
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      ended = true;
      options.onReturn?.();
    }
  }
  const reader = read();
  return {
    push(value) {
      if (ended) {
        return;
      }
      values.push(value);
      if (values.length > options.limit) {
        values.shift();
      }
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    [Symbol.asyncIterator]: () => reader,
  };
}
