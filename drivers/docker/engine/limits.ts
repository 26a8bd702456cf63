import { setTimeout as sleep } from 'node:timers/promises';

/** How long an engine may take, milliseconds. */
export type EngineLimits = {
  /** For the answer to an ordinary request, and for a sign of life while something long is done. */
  requestMs: number;
  /** For a start or a removal. */
  longMs: number;
  /** Beyond the grace of a stop. */
  stopMarginMs: number;
  /** A transfer of an image that says nothing for so long is given up. */
  stallMs: number;
};

/** What an engine gets where nothing else is said: one that hangs must not hang us. */
export const engineLimits: EngineLimits = {
  requestMs: 20_000,
  longMs: 60_000,
  stopMarginMs: 15_000,
  stallMs: 60_000,
};

const noAnswer = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });

/**
 * Rejects with ETIMEDOUT when a request has taken `limitMs`; with 0, where nobody can say how long it takes, when the engine
 * does not answer a ping within `lifeMs` any more. Never resolves before `signal`.
 */
export async function giveUp(
  limitMs: number,
  lifeMs: number,
  ping: (signal: AbortSignal) => Promise<unknown> | undefined,
  signal: AbortSignal,
): Promise<never> {
  const never = new Promise<never>(() => undefined);
  const wait = (ms: number) =>
    sleep(ms, undefined, { signal }).then(
      () => true,
      () => false,
    );
  for (;;) {
    if (!(await wait(limitMs === 0 ? lifeMs : limitMs))) return never;
    if (limitMs !== 0) throw noAnswer();
    const over = AbortSignal.any([signal, AbortSignal.timeout(lifeMs)]);
    try {
      await ping(over);
    } catch (error) {
      if (signal.aborted) return never;
      if (over.aborted) throw noAnswer();
      // An engine that refuses it is there; one that can't be reached is gone.
      if ((error as { statusCode?: number }).statusCode === undefined) throw error;
    }
  }
}

/** Keeps a request that was given up among the late ones until its answer comes. */
export function keepLate(late: Set<Promise<unknown>>, answer: Promise<unknown>): void {
  late.add(answer);
  const forget = () => late.delete(answer);
  answer.then(forget, forget);
}
