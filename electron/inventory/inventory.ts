import { backupAgeMs, backupInventory } from './backup.ts';
import { createConnection, inventoryError } from './connection.ts';
import { type EventTable, eventTable } from './events.ts';
import { type HostTable, hostTable } from './hosts.ts';
import { type ImageTable, imageTable } from './images.ts';
import { type JobTable, jobTable } from './jobs.ts';
import { type MetricTable, metricTable } from './metrics.ts';
import { migrations } from './migrations/all.ts';
import { openDatabase } from './open-database.ts';
import { type SettingTable, settingTable } from './settings.ts';
import { type SnapshotTable, snapshotTable } from './snapshots.ts';
import { type WorkloadTable, workloadTable } from './workloads.ts';

/** The host's durable memory. Writers throw `resource_exhausted`, `permission_denied`, `conflict` or `internal`. */
export type Inventory = {
  readonly hosts: HostTable;
  readonly workloads: WorkloadTable;
  readonly snapshots: SnapshotTable;
  readonly jobs: JobTable;
  readonly events: EventTable;
  readonly metrics: MetricTable;
  readonly images: ImageTable;
  readonly settings: SettingTable;
  /** Set when the file was damaged or gone at open: from what it was rebuilt, and where the damaged one lies. */
  readonly rebuilt: { from: 'backup' | 'empty'; aside: string | null } | null;
  /** Whether there was no file at open: the first start of a data directory, or somebody removed it. */
  readonly missing: boolean;
  /** Why it can't be written now, or null. A write that succeeds ends this state. */
  readOnly(): string | null;
  /** Runs several writes in one transaction. */
  transaction(change: () => void): void;
  /** Replaces the backup by a checked copy, unless it is younger than `minAgeMs`. */
  backup(minAgeMs?: number): Promise<void>;
  /** Idempotent. */
  close(): void;
};

/** Opens the inventory at `path`. Throws `conflict` for a file of a newer NovaCron. */
export function openInventory(
  path: string,
  options: { nowMs?: () => number; onReadOnly?: (reason: string | null) => void } = {},
): Inventory {
  let opened: ReturnType<typeof openDatabase>;
  try {
    opened = openDatabase(path, migrations, (options.nowMs ?? Date.now)());
  } catch (error) {
    throw inventoryError(error, path).error;
  }
  const connection = createConnection(opened.db, opened.fixed, options.onReadOnly ?? (() => {}));
  return {
    hosts: hostTable(connection),
    workloads: workloadTable(connection),
    snapshots: snapshotTable(connection),
    jobs: jobTable(connection),
    events: eventTable(connection),
    metrics: metricTable(connection),
    images: imageTable(connection),
    settings: settingTable(connection),
    rebuilt: opened.rebuilt && { from: opened.rebuilt, aside: opened.aside },
    missing: opened.missing,
    readOnly: () => connection.readOnly(),
    transaction: (change) => connection.write(change),
    backup: async (minAgeMs = 0) => {
      if (opened.fixed === null && backupAgeMs(path) >= minAgeMs) {
        await backupInventory(connection, path);
      }
    },
    close: () => {
      if (opened.db.open) {
        opened.db.close();
      }
    },
  };
}
