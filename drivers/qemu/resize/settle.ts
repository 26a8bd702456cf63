import { setTimeout as sleep } from 'node:timers/promises';

/** How often the guest is looked at, milliseconds. */
const askEveryMs = 100;
/** A guest that has not moved for so long has come to rest, milliseconds. An emulated guest on a busy machine pauses for seconds. */
const restMs = 5_000;
/** The longest wait for a guest that moves slowly, milliseconds. */
const limitMs = 60_000;

/**
 * Waits until a value has reached its goal or stands still, and returns the last one. On abort it returns what is there: what was
 * asked of the guest can't be taken back.
 */
export async function settle(
  goal: number | (() => number),
  ask: () => Promise<number>,
  signal: AbortSignal,
  options: { patienceMs?: number } = {},
): Promise<number> {
  const stillMs = Math.min(restMs, options.patienceMs ?? restMs);
  const begun = Date.now();
  let value = await ask();
  let movedAt = begun;
  const goalNow = (): number => (typeof goal === 'number' ? goal : goal());
  while (value !== goalNow() && !signal.aborted) {
    const now = Date.now();
    if (now - movedAt > stillMs || now - begun > limitMs) {
      return value;
    }
    await sleep(askEveryMs);
    const next = await ask();
    if (next !== value) {
      movedAt = Date.now();
      value = next;
    }
  }
  return value;
}
