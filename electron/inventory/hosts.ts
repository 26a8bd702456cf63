import type { Connection } from './connection.ts';

/** The hosts whose workloads an inventory holds. */
export type HostTable = {
  /** Notes that this host is here now, and returns the boot that it was last seen in, or null for a new host. */
  seen(id: string, bootId: string, atMs: number): string | null;
  /** The boot that it was last seen in, or null. Reads only. */
  lastBoot(id: string): string | null;
};

/** The table on an open inventory. */
export function hostTable(connection: Connection): HostTable {
  const lastBoot = (id: string) => {
    const row = connection.prepare('SELECT boot_id FROM hosts WHERE id = ?').get(id);
    return row ? (row.boot_id as string) : null;
  };
  return {
    lastBoot,
    seen: (id, bootId, atMs) =>
      connection.write(() => {
        const before = lastBoot(id);
        connection
          .prepare(
            `INSERT INTO hosts (id, kind, boot_id, seen_at_ms) VALUES (?, 'local', ?, ?)
             ON CONFLICT (id) DO UPDATE SET boot_id = excluded.boot_id, seen_at_ms = excluded.seen_at_ms`,
          )
          .run(id, bootId, atMs);
        return before;
      }),
  };
}
