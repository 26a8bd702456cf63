import type Database from 'better-sqlite3';
import { NovaError } from '../../drivers/errors.ts';
import type { Migration } from './migrations/migration.ts';

/** The schema version of an open file; 0 for an empty one. */
export function schemaVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Throws `conflict` when the file was written by a newer NovaCron; the file is not touched. */
export function refuseNewer(db: Database.Database, migrations: readonly Migration[]): void {
  const found = schemaVersion(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) {
    throw new NovaError(
      'conflict',
      `The inventory ${db.name} was written by a newer NovaCron (schema ${found}, this one knows ${known}). Update NovaCron, or start it with another data directory.`,
      { details: { found, known } },
    );
  }
}

/**
 * Brings the file to the newest schema, each step in its own transaction. `backup` is called once before the first
 * step on a file that has content. Throws what SQLite throws; the file then stands at the last step that succeeded.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[], backup: (from: number) => void): void {
  refuseNewer(db, migrations);
  const from = schemaVersion(db);
  const steps = migrations.filter((migration) => migration.version > from);
  if (steps.length > 0 && from > 0) {
    backup(from);
  }
  for (const step of steps) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}
