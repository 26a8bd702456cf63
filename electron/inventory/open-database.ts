import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { NovaError } from '../../drivers/errors.ts';
import { isCorrupt, sqliteCode } from './connection.ts';
import { migrate, refuseNewer } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';

/** How the file was found. */
export type OpenedDatabase = {
  db: Database.Database;
  /** Why it can never be written as it was opened, or null. */
  fixed: string | null;
  /** Set when the file was damaged or is gone: from what the new one was made. */
  rebuilt: 'backup' | 'empty' | null;
  /** Where the damaged file was put. */
  aside: string | null;
  /** Whether there was no file: the first start of a data directory, or somebody removed it. */
  missing: boolean;
};

/** Files above this are checked with the next backup and not at open: a check reads the whole file, about 1 s a GB. */
const checkAtOpenBytes = 64 * 1024 * 1024;

/**
 * Opens the inventory at `path`, checks it and brings it to the newest schema. A damaged file is put aside, never
 * deleted, and replaced by its backup or an empty one. A file that can't be written is opened read-only. Throws
 * `conflict` for a file of a newer NovaCron.
 */
export function openDatabase(path: string, migrations: readonly Migration[], atMs: number): OpenedDatabase {
  const missing = !existsSync(path);
  try {
    if (missing && existsSync(backupPath(path))) {
      return { ...rebuild(path, migrations, atMs), aside: null, missing };
    }
    return { db: openChecked(path, migrations), fixed: null, rebuilt: null, aside: null, missing };
  } catch (error) {
    const code = sqliteCode(error);
    if (isCorrupt(code)) {
      const aside = putAside(path, atMs);
      return { ...rebuild(path, migrations, atMs), aside, missing: false };
    }
    if (/^SQLITE_(READONLY|CANTOPEN|PERM|FULL|IOERR)/.test(code)) {
      return openReadOnly(path, migrations, error);
    }
    throw error;
  }
}

/** The path of the backup of an inventory. */
export function backupPath(path: string): string {
  return `${path}.backup`;
}

function openChecked(path: string, migrations: readonly Migration[]): Database.Database {
  const db = new Database(path, { timeout: 2000 });
  try {
    refuseNewer(db, migrations);
    // Its own connection's pages are checked before a migration could spread the damage.
    if (existsSync(path) && statSync(path).size <= checkAtOpenBytes) {
      check(db);
    }
    db.pragma('journal_mode = WAL');
    // An intent must be on the disk before its side effect, also over a power cut.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db, migrations, (from) => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      copyFileSync(path, `${path}.schema-${from}`);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws an error with code SQLITE_CORRUPT when the file is damaged. */
export function check(db: Database.Database): void {
  const answer = db.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') {
    throw new Database.SqliteError(String(answer), 'SQLITE_CORRUPT');
  }
}

function putAside(path: string, atMs: number): string {
  const aside = `${path}.damaged-${new Date(atMs).toISOString().replaceAll(':', '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) {
      renameSync(path + suffix, aside + suffix);
    }
  }
  return aside;
}

function rebuild(
  path: string,
  migrations: readonly Migration[],
  atMs: number,
): Omit<OpenedDatabase, 'aside' | 'missing'> {
  if (existsSync(backupPath(path))) {
    copyFileSync(backupPath(path), path);
    try {
      return { db: openChecked(path, migrations), fixed: null, rebuilt: 'backup' };
    } catch (error) {
      if (!isCorrupt(sqliteCode(error))) {
        throw error;
      }
      putAside(path, atMs + 1);
    }
  }
  return { db: openChecked(path, migrations), fixed: null, rebuilt: 'empty' };
}

function openReadOnly(path: string, migrations: readonly Migration[], cause: unknown): OpenedDatabase {
  const why = cause instanceof Error ? cause.message : String(cause);
  const reason = `the inventory ${path} can't be written (${why}). Check the disk and the owner, then restart NovaCron.`;
  let db: Database.Database;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    refuseNewer(db, migrations);
    db.prepare('SELECT count(*) FROM workloads').get();
  } catch (error) {
    if (error instanceof NovaError) {
      throw error;
    }
    // Nothing readable either: an empty inventory in memory lets the window open and say why.
    db = new Database(':memory:');
    migrate(db, migrations, () => {});
  }
  return { db, fixed: reason, rebuilt: null, aside: null, missing: false };
}
