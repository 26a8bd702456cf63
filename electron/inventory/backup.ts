import { renameSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Connection } from './connection.ts';
import { backupPath, check } from './open-database.ts';

/** How old the backup is, milliseconds; infinite where there is none. */
export function backupAgeMs(path: string): number {
  const stats = statSync(backupPath(path), { throwIfNoEntry: false });
  return stats ? Math.max(Date.now() - stats.mtimeMs, 0) : Number.POSITIVE_INFINITY;
}

/**
 * Copies the inventory beside itself while it is in use, checks the copy and only then replaces the last backup by it.
 * Throws what SQLite throws; the last good backup stays.
 */
export async function backupInventory(connection: Connection, path: string): Promise<void> {
  const copy = `${path}.backup-new`;
  rmSync(copy, { force: true });
  try {
    await connection.db.backup(copy);
    const db = new Database(copy, { readonly: true });
    try {
      check(db);
    } finally {
      db.close();
    }
    renameSync(copy, backupPath(path));
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      rmSync(copy + suffix, { force: true });
    }
  }
}
