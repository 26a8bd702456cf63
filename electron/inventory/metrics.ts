import type { Connection } from './connection.ts';

/** One stored point: levels in bytes, rates in bytes a second, CPU in cores. */
export type MetricValues = {
  atMs: number;
  cpuCores: number | null;
  memoryBytes: number | null;
  guestMemoryBytes: number | null;
  diskReadRate: number | null;
  diskWriteRate: number | null;
  networkRxRate: number | null;
  networkTxRate: number | null;
};

/** A point of one workload in the tier of one width. */
export type MetricRow = { workloadId: string; tierSeconds: number; values: MetricValues };

/** The metrics of one inventory. */
export type MetricTable = {
  /** Adds points in one transaction; one that is there already is replaced, one of a removed workload is left out. */
  addAll(hostId: string, rows: readonly MetricRow[]): void;
  /** Oldest first. */
  read(workloadId: string, tierSeconds: number, sinceMs: number, untilMs: number): MetricValues[];
  /** Removes the points of a tier older than `beforeMs`. */
  prune(tierSeconds: number, beforeMs: number): void;
};

/** The table on an open inventory. */
export function metricTable(connection: Connection): MetricTable {
  return {
    addAll(hostId, rows) {
      connection.write(() => {
        const insert = connection.prepare(
          `INSERT OR REPLACE INTO metrics (host_id, workload_id, tier, at_ms, cpu_cores, memory_bytes,
             guest_memory_bytes, disk_read_rate, disk_write_rate, network_rx_rate, network_tx_rate)
           SELECT @hostId, @workloadId, @tierSeconds, @atMs, @cpuCores, @memoryBytes, @guestMemoryBytes, @diskReadRate,
             @diskWriteRate, @networkRxRate, @networkTxRate
           WHERE EXISTS (SELECT 1 FROM workloads WHERE id = @workloadId)`,
        );
        for (const { workloadId, tierSeconds, values } of rows) {
          insert.run({ hostId, workloadId, tierSeconds, ...values, atMs: Math.round(values.atMs) });
        }
      });
    },
    read: (workloadId, tierSeconds, sinceMs, untilMs) =>
      connection
        .prepare('SELECT * FROM metrics WHERE workload_id = ? AND tier = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms')
        .all(workloadId, tierSeconds, sinceMs, untilMs)
        .map(fromRow),
    prune: (tierSeconds, beforeMs) => {
      connection.write(() =>
        connection.prepare('DELETE FROM metrics WHERE tier = ? AND at_ms < ?').run(tierSeconds, beforeMs),
      );
    },
  };
}

function fromRow(row: Record<string, unknown>): MetricValues {
  return {
    atMs: row.at_ms as number,
    cpuCores: row.cpu_cores as number | null,
    memoryBytes: row.memory_bytes as number | null,
    guestMemoryBytes: row.guest_memory_bytes as number | null,
    diskReadRate: row.disk_read_rate as number | null,
    diskWriteRate: row.disk_write_rate as number | null,
    networkRxRate: row.network_rx_rate as number | null,
    networkTxRate: row.network_tx_rate as number | null,
  };
}
