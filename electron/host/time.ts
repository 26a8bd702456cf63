import { NovaError } from '../../drivers/errors.ts';

/** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end);
  });
}

/** The promise's outcome, or `timeout` with the message after `ms`. The promise itself goes on; its later failure is dropped. */
export function within<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NovaError('timeout', message, { retryable: true })), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
