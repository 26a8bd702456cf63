import { NovaError } from '../../errors.ts';

const cancelled = (): NovaError => new NovaError('cancelled', 'The operation was cancelled.');

/** Throws `cancelled` when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw cancelled();
  }
}

/** Waits; rejects with `cancelled` on abort. 0 ms returns at once. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  if (ms <= 0) {
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Never resolves; rejects with `cancelled` on abort. */
export async function aborted(signal: AbortSignal | undefined): Promise<never> {
  throwIfCancelled(signal);
  return await new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled()), { once: true });
  });
}
