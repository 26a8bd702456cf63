/** One step of the schema. Versions grow by one; a released migration is never changed. */
export type Migration = {
  /** The `user_version` after this step. */
  version: number;
  /** Statements that bring a file of the version before to this one; run in one transaction. */
  sql: string;
};
