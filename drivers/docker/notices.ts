import type { DriverEvent } from '../driver.ts';
import { openMerge } from './endpoints/merge.ts';

/** What the driver tells the user beside the engine's events. */
export type Notice = Extract<DriverEvent, { type: 'notice' }>;

/** Notices, and who listens. Without a listener they are lost. */
export type Notices = {
  tell(notice: Omit<Notice, 'type'>): void;
  /** Values of a stream with the notices among them, until `signal` is aborted. */
  among(stream: (signal: AbortSignal) => AsyncIterable<DriverEvent>, signal: AbortSignal): AsyncIterable<DriverEvent>;
};

/** Opens one without any listener. */
export function openNotices(): Notices {
  const listeners = new Set<(notice: Notice) => void>();
  return {
    tell(notice) {
      for (const listener of listeners) listener({ type: 'notice', ...notice });
    },
    async *among(stream, signal) {
      let failure: { error: unknown } | null = null;
      const stop = new AbortController();
      const merged = openMerge<DriverEvent>(AbortSignal.any([signal, stop.signal]), (error) => {
        failure = { error };
        stop.abort();
      });
      const listener = (notice: Notice): void => merged.put(notice);
      listeners.add(listener);
      merged.add(stream(merged.signal));
      try {
        yield* merged.values();
      } finally {
        listeners.delete(listener);
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
    },
  };
}
