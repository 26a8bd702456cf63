import type { Migration } from './migration.ts';

/** The first schema. Times are milliseconds since the epoch; columns named `*_json` hold JSON text. */
export const first: Migration = {
  version: 1,
  sql: `
    CREATE TABLE hosts (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      seen_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE workloads (
      id TEXT PRIMARY KEY,
      host_id TEXT NOT NULL REFERENCES hosts (id),
      name TEXT NOT NULL,
      driver TEXT NOT NULL,
      spec_json TEXT NOT NULL,
      handle_json TEXT,
      desired TEXT NOT NULL CHECK (desired IN ('running', 'stopped')),
      observation_json TEXT NOT NULL,
      intent_json TEXT,
      current_snapshot_id TEXT,
      created_at_ms INTEGER NOT NULL,
      trashed_until_ms INTEGER
    ) STRICT;
    -- A name is free again once its workload lies in the trash.
    CREATE UNIQUE INDEX workloads_name ON workloads (host_id, name) WHERE trashed_until_ms IS NULL;

    CREATE TABLE snapshots (
      id TEXT NOT NULL,
      workload_id TEXT NOT NULL REFERENCES workloads (id) ON DELETE CASCADE,
      host_id TEXT NOT NULL REFERENCES hosts (id),
      parent_id TEXT,
      created_at_ms INTEGER NOT NULL,
      snapshot_json TEXT NOT NULL,
      PRIMARY KEY (workload_id, id)
    ) STRICT;

    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      host_id TEXT NOT NULL REFERENCES hosts (id),
      workload_id TEXT,
      verb TEXT NOT NULL,
      subject TEXT NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
      fraction REAL,
      message TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      started_at_ms INTEGER,
      ended_at_ms INTEGER,
      error_json TEXT,
      log_json TEXT NOT NULL,
      result_json TEXT
    ) STRICT;
    CREATE INDEX jobs_created ON jobs (host_id, created_at_ms);

    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      host_id TEXT NOT NULL REFERENCES hosts (id),
      at_ms INTEGER NOT NULL,
      workload_id TEXT,
      level TEXT NOT NULL,
      kind TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_workload ON events (workload_id, id);

    CREATE TABLE metrics (
      host_id TEXT NOT NULL REFERENCES hosts (id),
      workload_id TEXT NOT NULL REFERENCES workloads (id) ON DELETE CASCADE,
      tier INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      cpu_cores REAL,
      memory_bytes REAL,
      guest_memory_bytes REAL,
      disk_read_rate REAL,
      disk_write_rate REAL,
      network_rx_rate REAL,
      network_tx_rate REAL,
      PRIMARY KEY (workload_id, tier, at_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX metrics_age ON metrics (tier, at_ms);

    CREATE TABLE images (
      host_id TEXT NOT NULL REFERENCES hosts (id),
      driver TEXT NOT NULL,
      id TEXT NOT NULL,
      image_json TEXT NOT NULL,
      PRIMARY KEY (host_id, driver, id)
    ) STRICT;

    CREATE TABLE settings (
      host_id TEXT NOT NULL REFERENCES hosts (id),
      key TEXT NOT NULL,
      value_json TEXT NOT NULL,
      PRIMARY KEY (host_id, key)
    ) STRICT;
  `,
};
