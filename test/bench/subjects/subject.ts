import type { CountingGuest } from '../guest/counting.ts';

/** What a snapshot holds. */
export type Kind = 'disk' | 'disk+memory';

/** A running guest that can be snapshotted, one way or another. */
export type Subject = {
  guest: CountingGuest;
  /** Takes a snapshot; resolves when it is whole. */
  snapshot(kind: Kind): Promise<void>;
  /** Goes back to the last snapshot with memory; resolves when the guest runs again. */
  restore(): Promise<void>;
  close(): Promise<void>;
};
