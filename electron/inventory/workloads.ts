import type { Handle, Observation } from '../../drivers/driver.ts';
import type { WorkloadSpec } from '../../drivers/spec.ts';
import type { Connection } from './connection.ts';

/** What is half done with a workload; written before the first side effect, cleared with the last. */
export type Intent =
  /** Being made (or cloned): undone at the next start. */
  | { kind: 'create' }
  /** Being removed for good: finished at the next start. */
  | { kind: 'remove' }
  /** Being changed to `spec`: finished at the next start. */
  | { kind: 'update'; spec: WorkloadSpec }
  /** Going back to what was before a change: what the driver did counts. */
  | { kind: 'revert' }
  /** Going back to a snapshot: what the driver did counts. */
  | { kind: 'restore'; snapshotId: string }
  /** Frozen by us for the snapshot of a group: goes on at the next start. */
  | { kind: 'freeze' };

/** One workload as stored. `observation` is what was last seen, not truth. */
export type WorkloadRow = {
  id: string;
  hostId: string;
  spec: WorkloadSpec;
  handle: Handle | null;
  desired: 'running' | 'stopped';
  observation: Observation;
  intent: Intent | null;
  currentSnapshotId: string | null;
  createdAtMs: number;
  trashedUntilMs: number | null;
};

/** The workloads of one inventory. Writers throw as `Connection.write` does. */
export type WorkloadTable = {
  /** All of one host, oldest first. */
  list(hostId: string): WorkloadRow[];
  /** Adds or replaces one row, durably. */
  put(row: WorkloadRow): void;
  /** Adds or replaces many rows in one transaction. */
  putAll(rows: readonly WorkloadRow[]): void;
  /** Also removes its snapshots' mirror and metrics. Idempotent. */
  remove(id: string): void;
};

/** The table on an open inventory. */
export function workloadTable(connection: Connection): WorkloadTable {
  const put = (row: WorkloadRow) => {
    connection
      .prepare(
        `INSERT INTO workloads (id, host_id, name, driver, spec_json, handle_json, desired, observation_json,
           intent_json, current_snapshot_id, created_at_ms, trashed_until_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, spec_json = excluded.spec_json,
           handle_json = excluded.handle_json, desired = excluded.desired,
           observation_json = excluded.observation_json, intent_json = excluded.intent_json,
           current_snapshot_id = excluded.current_snapshot_id, trashed_until_ms = excluded.trashed_until_ms`,
      )
      .run(
        row.id,
        row.hostId,
        row.spec.name,
        row.spec.driver,
        JSON.stringify(row.spec),
        row.handle === null ? null : JSON.stringify(row.handle),
        row.desired,
        JSON.stringify(row.observation),
        row.intent === null ? null : JSON.stringify(row.intent),
        row.currentSnapshotId,
        row.createdAtMs,
        row.trashedUntilMs,
      );
  };
  return {
    list: (hostId) =>
      connection
        .prepare('SELECT * FROM workloads WHERE host_id = ? ORDER BY created_at_ms, id')
        .all(hostId)
        .map(fromRow),
    put: (row) => connection.write(() => put(row)),
    putAll: (rows) => connection.write(() => rows.forEach(put)),
    remove: (id) => {
      connection.write(() => connection.prepare('DELETE FROM workloads WHERE id = ?').run(id));
    },
  };
}

function fromRow(row: Record<string, unknown>): WorkloadRow {
  return {
    id: row.id as string,
    hostId: row.host_id as string,
    spec: JSON.parse(row.spec_json as string),
    handle: row.handle_json === null ? null : JSON.parse(row.handle_json as string),
    desired: row.desired as WorkloadRow['desired'],
    observation: JSON.parse(row.observation_json as string),
    intent: row.intent_json === null ? null : JSON.parse(row.intent_json as string),
    currentSnapshotId: row.current_snapshot_id as string | null,
    createdAtMs: row.created_at_ms as number,
    trashedUntilMs: row.trashed_until_ms as number | null,
  };
}
