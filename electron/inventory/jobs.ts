import type { ErrorData } from '../../drivers/errors.ts';
import type { Connection } from './connection.ts';

/** One job as stored. */
export type JobRow = {
  id: string;
  hostId: string;
  workloadId: string | null;
  verb: string;
  subject: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
  fraction: number | null;
  message: string;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  error: ErrorData | null;
  log: string[];
  result: unknown;
};

/** The jobs of one inventory; old ones fall out at a bound. */
export type JobTable = {
  /** Newest first. */
  list(hostId: string, limit: number): JobRow[];
  get(hostId: string, id: string): JobRow | null;
  /** Adds or replaces one row, durably. */
  put(row: JobRow): void;
  /** Jobs that the last host left open become `interrupted`; returns them. */
  interruptOpen(hostId: string, atMs: number, error: ErrorData): JobRow[];
  /** Removes all but the newest `keep` ended ones. */
  prune(hostId: string, keep: number): void;
};

/** The table on an open inventory. */
export function jobTable(connection: Connection): JobTable {
  const put = (row: JobRow) => {
    connection
      .prepare(
        `INSERT INTO jobs (id, host_id, workload_id, verb, subject, state, fraction, message, created_at_ms,
           started_at_ms, ended_at_ms, error_json, log_json, result_json)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET workload_id = excluded.workload_id, state = excluded.state,
           fraction = excluded.fraction, message = excluded.message, started_at_ms = excluded.started_at_ms,
           ended_at_ms = excluded.ended_at_ms, error_json = excluded.error_json, log_json = excluded.log_json,
           result_json = excluded.result_json`,
      )
      .run(
        row.id,
        row.hostId,
        row.workloadId,
        row.verb,
        row.subject,
        row.state,
        row.fraction,
        row.message,
        row.createdAtMs,
        row.startedAtMs,
        row.endedAtMs,
        row.error === null ? null : JSON.stringify(row.error),
        JSON.stringify(row.log),
        row.result === undefined ? null : JSON.stringify(row.result),
      );
  };
  return {
    list: (hostId, limit) =>
      connection
        .prepare('SELECT * FROM jobs WHERE host_id = ? ORDER BY created_at_ms DESC, rowid DESC LIMIT ?')
        .all(hostId, limit)
        .map(fromRow),
    get(hostId, id) {
      const row = connection.prepare('SELECT * FROM jobs WHERE host_id = ? AND id = ?').get(hostId, id);
      return row ? fromRow(row) : null;
    },
    put: (row) => connection.write(() => put(row)),
    interruptOpen: (hostId, atMs, error) =>
      connection.write(() => {
        const open = connection
          .prepare(`SELECT * FROM jobs WHERE host_id = ? AND state IN ('queued', 'running')`)
          .all(hostId)
          .map((row): JobRow => ({ ...fromRow(row), state: 'interrupted', endedAtMs: atMs, error }));
        open.forEach(put);
        return open;
      }),
    prune: (hostId, keep) => {
      connection.write(() =>
        connection
          .prepare(
            `DELETE FROM jobs WHERE host_id = @host AND state NOT IN ('queued', 'running') AND id NOT IN
               (SELECT id FROM jobs WHERE host_id = @host ORDER BY created_at_ms DESC, rowid DESC LIMIT @keep)`,
          )
          .run({ host: hostId, keep }),
      );
    },
  };
}

function fromRow(row: Record<string, unknown>): JobRow {
  return {
    id: row.id as string,
    hostId: row.host_id as string,
    workloadId: row.workload_id as string | null,
    verb: row.verb as string,
    subject: row.subject as string,
    state: row.state as JobRow['state'],
    fraction: row.fraction as number | null,
    message: row.message as string,
    createdAtMs: row.created_at_ms as number,
    startedAtMs: row.started_at_ms as number | null,
    endedAtMs: row.ended_at_ms as number | null,
    error: row.error_json === null ? null : JSON.parse(row.error_json as string),
    log: JSON.parse(row.log_json as string),
    result: row.result_json === null ? null : JSON.parse(row.result_json as string),
  };
}
