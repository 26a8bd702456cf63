import type { Connection } from './connection.ts';

/** Values by key; validated by the reader. */
export type SettingTable = {
  all(hostId: string): Record<string, unknown>;
  /** Sets some keys; the others stay. */
  set(hostId: string, values: Record<string, unknown>): void;
};

/** The table on an open inventory. */
export function settingTable(connection: Connection): SettingTable {
  return {
    all(hostId) {
      const rows = connection.prepare('SELECT key, value_json FROM settings WHERE host_id = ?').all(hostId);
      return Object.fromEntries(rows.map((row) => [row.key as string, JSON.parse(row.value_json as string)]));
    },
    set(hostId, values) {
      connection.write(() => {
        for (const [key, value] of Object.entries(values)) {
          connection
            .prepare(
              `INSERT INTO settings (host_id, key, value_json) VALUES (?, ?, ?)
               ON CONFLICT (host_id, key) DO UPDATE SET value_json = excluded.value_json`,
            )
            .run(hostId, key, JSON.stringify(value));
        }
      });
    },
  };
}
