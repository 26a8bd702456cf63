import { nanosOf } from './message.ts';

/** How many of the last lines are known again. The engine keeps 256 events. */
const knownLines = 512;
/** Asked for again before the last event, nanoseconds: the engine puts time and order on an event one after the other. */
const marginNs = 1_000_000_000n;

/** Where we are in the engine's events, so that a new connection goes on where the last one broke. Its times are the engine's. */
export type Position = {
  /** What the next connection asks for, or null before anything is known. */
  since(): string | null;
  /** The engine's time now, as it tells it: from there on when no event has been seen yet. */
  begin(systemTime: string | undefined): void;
  /** Whether this line is new; it is known then. */
  take(line: string, atNs: bigint): boolean;
};

/** Seconds with nine digits behind the point, as `since` and `until` take them. Pure. */
export function secondsOf(ns: bigint): string {
  const [whole, part] = [ns / 1_000_000_000n, ns % 1_000_000_000n];
  return `${whole}.${part.toString().padStart(9, '0')}`;
}

/** At the beginning nothing is known. */
export function openPosition(): Position {
  let from: bigint | null = null;
  // The lines themselves: two events can have one time.
  const known = new Set<string>();
  return {
    since: () => (from === null ? null : secondsOf(from)),
    begin(systemTime) {
      const now = nanosOf(systemTime);
      if (from === null && now > 0n) from = now;
    },
    take(line, atNs) {
      if (known.has(line)) return false;
      known.add(line);
      for (const oldest of known) {
        if (known.size <= knownLines) break;
        known.delete(oldest);
      }
      // The last one's and not the latest: the engine's clock can be put back.
      if (atNs > marginNs) from = atNs - marginNs;
      return true;
    },
  };
}
