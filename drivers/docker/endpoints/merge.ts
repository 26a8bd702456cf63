/** The values of several streams as they come. One that throws ends alone and is told to `failed`. Ends when all have ended. */
export async function* merge<T>(
  streams: readonly AsyncIterable<T>[],
  failed: (error: unknown) => void,
): AsyncIterable<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = (index: number): Promise<{ index: number; result: IteratorResult<T> }> => {
    const iterator = iterators[index] as AsyncIterator<T>;
    return iterator.next().then(
      (result) => ({ index, result }),
      (error: unknown) => {
        failed(error);
        return { index, result: { done: true, value: undefined } };
      },
    );
  };
  const waiting = new Map(iterators.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const { index, result } = await Promise.race(waiting.values());
      if (result.done === true) {
        waiting.delete(index);
        continue;
      }
      waiting.set(index, next(index));
      yield result.value;
    }
  } finally {
    for (const index of waiting.keys()) void iterators[index]?.return?.();
  }
}
