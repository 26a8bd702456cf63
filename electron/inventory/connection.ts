import type Database from 'better-sqlite3';
import { NovaError } from '../../drivers/errors.ts';

/** An open inventory file. All writes pass through `write`, which notices when the file can't be written. */
export type Connection = {
  readonly db: Database.Database;
  /** A prepared statement, made once for each text. */
  prepare(sql: string): Database.Statement<unknown[], Record<string, unknown>>;
  /**
   * Runs `change` in one transaction, durable when it returns. Throws `resource_exhausted` (disk full),
   * `permission_denied` (read-only), `conflict` (locked by another program) or `internal` (damaged); the connection is
   * read-only from then on until a write succeeds.
   */
  write<T>(change: () => T): T;
  /** Why it can't be written, or null. */
  readOnly(): string | null;
};

/** Why a file was opened in a way that can never write, or null when it can. */
export type Fixed = string | null;

/** Wraps an open database. `onReadOnly` is called on each change of the state. */
export function createConnection(
  db: Database.Database,
  fixed: Fixed,
  onReadOnly: (reason: string | null) => void,
): Connection {
  const statements = new Map<string, Database.Statement<unknown[], Record<string, unknown>>>();
  let reason: string | null = fixed;
  const change = (next: string | null) => {
    if (next !== reason) {
      reason = next;
      onReadOnly(next);
    }
  };
  return {
    db,
    prepare(sql) {
      const known = statements.get(sql);
      if (known) {
        return known;
      }
      const made = db.prepare<unknown[], Record<string, unknown>>(sql);
      statements.set(sql, made);
      return made;
    },
    write(run) {
      if (fixed !== null) {
        throw new NovaError('permission_denied', `NovaCron is read-only: ${fixed}`);
      }
      try {
        const result = db.transaction(run).immediate();
        change(null);
        return result;
      } catch (error) {
        const mapped = inventoryError(error, db.name);
        if (mapped.unwritable) {
          change(mapped.error.message);
        }
        throw mapped.error;
      }
    },
    readOnly: () => reason,
  };
}

/** The NovaError of what SQLite threw, and whether the file can't be written for now. A NovaError passes unchanged. */
export function inventoryError(error: unknown, file: string): { error: NovaError; unwritable: boolean } {
  if (error instanceof NovaError) {
    return { error, unwritable: false };
  }
  const code = sqliteCode(error);
  const make = (kind: ConstructorParameters<typeof NovaError>[0], message: string, retryable: boolean) =>
    new NovaError(kind, message, { retryable, cause: error, details: { sqlite: code } });
  if (code.startsWith('SQLITE_FULL')) {
    return {
      error: make('resource_exhausted', `The disk under ${file} is full. Free some space.`, true),
      unwritable: true,
    };
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM')) {
    return {
      error: make('permission_denied', `The inventory ${file} can't be written. Check its owner and mode.`, true),
      unwritable: true,
    };
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return {
      error: make('resource_exhausted', `Writing ${file} failed (${code}). Check the disk.`, true),
      unwritable: true,
    };
  }
  if (isCorrupt(code)) {
    return {
      error: make('internal', `The inventory ${file} is damaged. Restart NovaCron: it is rebuilt at start.`, false),
      unwritable: true,
    };
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return {
      error: make('conflict', `Another program holds the inventory ${file}. Close it and try again.`, true),
      unwritable: false,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: make('internal', `The inventory refused a change: ${message}`, false), unwritable: false };
}

/** SQLite's extended result code as text, or an empty string for another error. */
export function sqliteCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return '';
}

/** True for the codes that mean a damaged file. */
export function isCorrupt(code: string): boolean {
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
}
