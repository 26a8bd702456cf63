import type { Snapshot, SnapshotTree } from '../../drivers/driver.ts';
import type { Connection } from './connection.ts';

/** A mirror of the drivers' snapshot trees, shown until a driver has answered. The drivers are the truth. */
export type SnapshotTable = {
  /** The trees of all workloads of a host that have snapshots, by workload id. */
  trees(hostId: string): Map<string, SnapshotTree>;
  /** Replaces the tree of one workload. */
  replace(hostId: string, workloadId: string, tree: SnapshotTree): void;
};

/** The table on an open inventory. */
export function snapshotTable(connection: Connection): SnapshotTable {
  return {
    trees(hostId) {
      const trees = new Map<string, SnapshotTree>();
      const rows = connection
        .prepare(
          `SELECT s.workload_id, s.snapshot_json, w.current_snapshot_id FROM snapshots s
           JOIN workloads w ON w.id = s.workload_id WHERE s.host_id = ? ORDER BY s.created_at_ms, s.id`,
        )
        .all(hostId);
      for (const row of rows) {
        const id = row.workload_id as string;
        const tree = trees.get(id) ?? { snapshots: [], currentId: row.current_snapshot_id as string | null };
        tree.snapshots.push(JSON.parse(row.snapshot_json as string) as Snapshot);
        trees.set(id, tree);
      }
      return trees;
    },
    replace(hostId, workloadId, tree) {
      connection.write(() => {
        connection.prepare('DELETE FROM snapshots WHERE workload_id = ?').run(workloadId);
        connection.prepare('UPDATE workloads SET current_snapshot_id = ? WHERE id = ?').run(tree.currentId, workloadId);
        for (const snapshot of tree.snapshots) {
          connection
            .prepare(
              `INSERT INTO snapshots (id, workload_id, host_id, parent_id, created_at_ms, snapshot_json)
               VALUES (?, ?, ?, ?, ?, ?)`,
            )
            .run(
              snapshot.id,
              workloadId,
              hostId,
              snapshot.parentId,
              Math.round(snapshot.createdAtMs),
              JSON.stringify(snapshot),
            );
        }
      });
    },
  };
}
