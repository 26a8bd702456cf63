import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { NovaError } from '../../drivers/errors.ts';
import { sqliteCode } from './connection.ts';

/** The right to serve one data directory. */
export type HostLock = {
  /** Why the lock could not be kept as a file (a read-only disk), or null. */
  weak: string | null;
  /** Frees it. Idempotent. */
  release(): void;
};

/**
 * Takes the lock of a data directory. Throws `conflict` that names the owner's process when another host serves it.
 * The lock is an open SQLite transaction: the system frees it when its process dies, in whatever way, so a stale lock
 * can't exist and no process id has to be believed.
 */
export function lockDataDirectory(dataDirectory: string): HostLock {
  const owner = join(dataDirectory, 'host.json');
  let db: Database.Database;
  try {
    db = new Database(join(dataDirectory, 'host.lock'), { timeout: 0 });
  } catch (error) {
    return { weak: error instanceof Error ? error.message : String(error), release: () => {} };
  }
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!sqliteCode(error).startsWith('SQLITE_BUSY')) {
      return { weak: error instanceof Error ? error.message : String(error), release: () => {} };
    }
    const pid = ownerPid(owner);
    throw new NovaError(
      'conflict',
      `Another NovaCron${pid === null ? '' : ` (process ${pid})`} serves ${dataDirectory}. Use that one, or set NOVACRON_HOME to another directory.`,
      { details: { pid } },
    );
  }
  let weak: string | null = null;
  try {
    writeFileSync(owner, JSON.stringify({ pid: process.pid, startedAtMs: Date.now() }), { mode: 0o600 });
  } catch (error) {
    weak = error instanceof Error ? error.message : String(error);
  }
  return {
    weak,
    release() {
      if (db.open) {
        db.close();
      }
    },
  };
}

function ownerPid(file: string): number | null {
  try {
    const data: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof data === 'object' && data !== null && 'pid' in data && typeof data.pid === 'number' ? data.pid : null;
  } catch {
    // The owner is still writing it: the conflict is certain, only its number is not.
    return null;
  }
}
