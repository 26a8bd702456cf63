/** Several streams as one; streams may be added while it is read. */
export type Merge<T> = {
  /** Ends when nobody reads any more: what the streams are opened with. */
  readonly signal: AbortSignal;
  /** A stream that fails ends alone and is told to `failed`. The next value of a stream is asked for when its last one was read. */
  add(stream: AsyncIterable<T>): void;
  /** Puts one value in line. */
  put(value: T): void;
  /** The values as they come, until `signal` is aborted. One reader only. */
  values(): AsyncIterable<T>;
};

/** Opens one without any stream. */
export function openMerge<T>(until: AbortSignal, failed: (error: unknown) => void): Merge<T> {
  const waiting: { value: T; taken: () => void }[] = [];
  const ending = new AbortController();
  const signal = AbortSignal.any([until, ending.signal]);
  let wake: () => void = () => undefined;
  const put = (value: T): Promise<void> =>
    new Promise((taken) => {
      waiting.push({ value, taken });
      wake();
    });
  const read = async (stream: AsyncIterable<T>): Promise<void> => {
    try {
      for await (const value of stream) {
        if (signal.aborted) return;
        await put(value);
      }
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
  };
  return {
    signal,
    add: (stream) => void read(stream),
    put: (value) => void put(value),
    async *values() {
      const stop = (): void => wake();
      signal.addEventListener('abort', stop);
      try {
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next !== undefined) {
            next.taken();
            yield next.value;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        ending.abort();
        signal.removeEventListener('abort', stop);
        for (const { taken } of waiting) taken();
      }
    },
  };
}
