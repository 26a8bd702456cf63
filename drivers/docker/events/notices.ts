import type { DriverEvent } from '../../driver.ts';

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
