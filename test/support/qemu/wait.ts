import { setTimeout as sleep } from 'node:timers/promises';

/** A machine that is busy with other tests may take long; a test that passes never waits so long. */
const limitMs = 90_000;

/** Calls until the answer is not null. Fails with the last error or the name of what was awaited. */
export async function poll<T>(what: string, ask: () => Promise<T | null> | T | null, timeoutMs = limitMs): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null) {
        return answer;
      }
      last = null;
    } catch (error) {
      last = error;
    }
    await sleep(20);
  }
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}`, { cause: last });
}
