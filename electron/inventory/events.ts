import type { Connection } from './connection.ts';

/** One event as stored. */
export type EventRow = {
  id: number;
  atMs: number;
  workloadId: string | null;
  level: 'info' | 'warning' | 'error';
  kind: string;
  message: string;
};

/** The events of one inventory, bounded. */
export type EventTable = {
  /** Returns the row with its id, which grows. */
  add(hostId: string, event: Omit<EventRow, 'id'>): EventRow;
  /** Newest first; of one workload where `workloadId` is given. */
  list(hostId: string, options: { workloadId?: string; limit: number }): EventRow[];
  /** Oldest first, within a time span. */
  between(workloadId: string, sinceMs: number, untilMs: number): EventRow[];
  /** Removes all but the newest `keep`. */
  prune(hostId: string, keep: number): void;
};

/** The table on an open inventory. */
export function eventTable(connection: Connection): EventTable {
  return {
    add: (hostId, event) =>
      connection.write(() => {
        const result = connection
          .prepare(`INSERT INTO events (host_id, at_ms, workload_id, level, kind, message) VALUES (?, ?, ?, ?, ?, ?)`)
          .run(hostId, event.atMs, event.workloadId, event.level, event.kind, event.message);
        return { id: Number(result.lastInsertRowid), ...event };
      }),
    list(hostId, { workloadId, limit }) {
      const rows =
        workloadId === undefined
          ? connection.prepare('SELECT * FROM events WHERE host_id = ? ORDER BY id DESC LIMIT ?').all(hostId, limit)
          : connection
              .prepare('SELECT * FROM events WHERE workload_id = ? ORDER BY id DESC LIMIT ?')
              .all(workloadId, limit);
      return rows.map(fromRow);
    },
    between: (workloadId, sinceMs, untilMs) =>
      connection
        .prepare('SELECT * FROM events WHERE workload_id = ? AND at_ms BETWEEN ? AND ? ORDER BY id LIMIT 1000')
        .all(workloadId, sinceMs, untilMs)
        .map(fromRow),
    prune: (hostId, keep) => {
      connection.write(() =>
        connection
          .prepare(
            `DELETE FROM events WHERE host_id = @host AND id <=
               (SELECT id FROM events WHERE host_id = @host ORDER BY id DESC LIMIT 1 OFFSET @keep)`,
          )
          .run({ host: hostId, keep }),
      );
    },
  };
}

function fromRow(row: Record<string, unknown>): EventRow {
  return {
    id: row.id as number,
    atMs: row.at_ms as number,
    workloadId: row.workload_id as string | null,
    level: row.level as EventRow['level'],
    kind: row.kind as string,
    message: row.message as string,
  };
}
