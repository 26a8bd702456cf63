import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks, milliseconds. */
const everyMs = 25;

/** Looks until there is a value; throws with what was awaited when the limit has passed. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  options: { limitMs: number; describe?: () => Promise<string> },
): Promise<T> {
  const end = performance.now() + options.limitMs;
  for (;;) {
    const value = await look();
    if (value !== null) {
      return value;
    }
    if (performance.now() > end) {
      const more = options.describe === undefined ? '' : ` (${await options.describe()})`;
      throw new Error(`Waited ${options.limitMs} ms until ${what}${more}.`);
    }
    await sleep(everyMs);
  }
}

/** The promise's value, or an error that names what was awaited. */
export async function within<T>(what: string, limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms.`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
