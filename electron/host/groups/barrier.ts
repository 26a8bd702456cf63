/** A point that several operations reach together, or none does. */
export type Barrier = {
  /** Resolves when all have come. Rejects with the reason when one can't come any more. */
  arrive(): Promise<void>;
  /** Lets all who wait, and all who come later, fail with the reason. Without effect once all have come. */
  fail(reason: unknown): void;
};

/** A barrier for `count` operations. */
export function createBarrier(count: number): Barrier {
  const met = Promise.withResolvers<void>();
  // Told to those who arrive; nobody may.
  met.promise.catch(() => undefined);
  let missing = count;
  return {
    arrive() {
      missing -= 1;
      if (missing === 0) met.resolve();
      return met.promise;
    },
    fail: (reason) => met.reject(reason),
  };
}
