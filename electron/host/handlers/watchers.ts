import type { ByteChannel } from '../../../drivers/driver.ts';

/** Who has a console open. */
export type Watchers = { viewers: number; writers: number };

const nobody: Watchers = { viewers: 0, writers: 0 };

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
    /** Counts a channel until it is closed; closing twice counts once. */
    counted(channel: ByteChannel, key: string, writes: boolean): ByteChannel {
      add(key, 1, writes ? 1 : 0);
      let open = true;
      return {
        output: channel.output,
        write: (bytes) => channel.write(bytes),
        ...(channel.resize ? { resize: async (columns, rows) => channel.resize?.(columns, rows) } : {}),
        close() {
          if (open) add(key, -1, writes ? -1 : 0);
          open = false;
          channel.close();
        },
      };
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
