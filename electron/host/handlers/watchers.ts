import type { ByteChannel } from '../../../drivers/driver.ts';

/** Who has a console open. */
export type Watchers = { viewers: number; writers: number };

/** One who has a console open, or is about to. */
export type Entry = {
  /** Whether it may write. */
  writes: boolean;
  /** The channel, which leaves when it is closed. */
  counted(channel: ByteChannel): ByteChannel;
  /** Counted no more. Idempotent. */
  leave(): void;
};

const nobody: Watchers = { viewers: 0, writers: 0 };

function leftAtClose(channel: ByteChannel, leave: () => void): ByteChannel {
  return {
    output: channel.output,
    write: (bytes) => channel.write(bytes),
    // Present exactly where the channel has them.
    ...(channel.resize ? { resize: async (columns, rows) => channel.resize?.(columns, rows) } : {}),
    ...(channel.endInput ? { endInput: async () => channel.endInput?.() } : {}),
    ...(channel.exitCode ? { exitCode: async () => (await channel.exitCode?.()) ?? null } : {}),
    close() {
      leave();
      channel.close();
    },
  };
}

/** Counts the open channels of each console by a key, and tells of changes. */
export function createWatchers() {
  const counts = new Map<string, Watchers>();
  const listeners = new Map<string, Set<() => void>>();
  const add = (key: string, viewers: number, writers: number) => {
    const now = counts.get(key) ?? nobody;
    const next = { viewers: now.viewers + viewers, writers: now.writers + writers };
    if (next.viewers > 0) counts.set(key, next);
    else counts.delete(key);
    for (const listener of listeners.get(key) ?? []) listener();
  };
  const count = (key: string): Watchers => counts.get(key) ?? nobody;
  return {
    /** Those of now. */
    count,
    /**
     * Counts one more from now on, before its channel is there: of two who come at one instant and may write only `alone`, the
     * first one may. `leave` it when no channel comes.
     */
    enter(key: string, wish: { writes: boolean; alone: boolean }): Entry {
      const writes = wish.writes && !(wish.alone && count(key).writers > 0);
      add(key, 1, writes ? 1 : 0);
      let inside = true;
      const leave = () => {
        if (inside) add(key, -1, writes ? -1 : 0);
        inside = false;
      };
      return { writes, leave, counted: (channel) => leftAtClose(channel, leave) };
    },
    /** The present counts, then each change of them, until the signal is aborted. A slow reader gets the latest. */
    async *watch(key: string, signal: AbortSignal): AsyncIterable<Watchers> {
      let wake = () => {};
      const on = () => wake();
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(on));
      signal.addEventListener('abort', on);
      try {
        let told: Watchers | null = null;
        while (!signal.aborted) {
          const now = count(key);
          if (told === null || told.viewers !== now.viewers || told.writers !== now.writers) {
            told = now;
            yield now;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        set.delete(on);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
        signal.removeEventListener('abort', on);
      }
    },
  };
}
