import type { DriverEvent } from '../../driver.ts';
import { openMerge } from '../endpoints/merge.ts';

type Notice = Extract<DriverEvent, { type: 'notice' }>;

/** What the driver itself has to tell, beside the engine's events. */
export type Notices = {
  /** Told by whoever listens, or by the first one that will. */
  tell(notice: Notice): void;
  /** Hands over what waits and what comes; the returned function ends that. One listener at a time. */
  listen(take: (notice: Notice) => void): () => void;
};

/** How many wait for a listener at most; the oldest fall out. */
const mostWaiting = 100;

/** Nothing is told yet. */
export function openNotices(): Notices {
  const waiting: Notice[] = [];
  let listener: ((notice: Notice) => void) | null = null;
  return {
    tell(notice) {
      if (listener !== null) {
        listener(notice);
        return;
      }
      waiting.push(notice);
      if (waiting.length > mostWaiting) waiting.shift();
    },
    listen(take) {
      listener = take;
      for (const notice of waiting.splice(0)) take(notice);
      return () => {
        if (listener === take) listener = null;
      };
    },
  };
}

/** Values of a stream with the notices among them, until `signal` is aborted: they come also while the engine is away. Throws what the stream does. */
export async function* amongNotices(
  notices: Notices,
  stream: (signal: AbortSignal) => AsyncIterable<DriverEvent>,
  signal: AbortSignal,
): AsyncIterable<DriverEvent> {
  let failure: { error: unknown } | null = null;
  const stop = new AbortController();
  const merged = openMerge<DriverEvent>(AbortSignal.any([signal, stop.signal]), (error) => {
    failure = { error };
    stop.abort();
  });
  const end = notices.listen((notice) => merged.put(notice));
  merged.add(stream(merged.signal));
  try {
    yield* merged.values();
  } finally {
    end();
  }
  if (failure !== null) throw (failure as { error: unknown }).error;
}
