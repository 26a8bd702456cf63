/** Hands each value to every reader; readers that don't read hold at most `limit` values, then the oldest go. */
export type Broadcast<T> = {
  send(value: T): void;
  /** Values from this call on, until abort or `close`. */
  listen(signal: AbortSignal): AsyncIterable<T>;
  close(): void;
};

/** Most events that wait for one reader. */
const defaultLimit = 100_000;

/** Makes a broadcast without readers. */
export function createBroadcast<T>(limit = defaultLimit): Broadcast<T> {
  type Reader = { queue: T[]; wake: () => void };
  const readers = new Set<Reader>();
  let closed = false;

  async function* read(reader: Reader, signal: AbortSignal): AsyncGenerator<T> {
    const wake = (): void => reader.wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        const batch = reader.queue.splice(0);
        yield* batch;
        if (signal.aborted || closed) {
          return;
        }
        if (reader.queue.length === 0) {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
      readers.delete(reader);
    }
  }

  return {
    send(value) {
      for (const reader of readers) {
        reader.queue.push(value);
        if (reader.queue.length > limit) {
          reader.queue.shift();
        }
        reader.wake();
      }
    },
    listen(signal) {
      const reader: Reader = { queue: [], wake: () => undefined };
      readers.add(reader);
      return read(reader, signal);
    },
    close() {
      closed = true;
      for (const reader of readers) {
        reader.wake();
      }
    },
  };
}
