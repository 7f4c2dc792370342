import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.ts";

/** "EXEC": says that the file is one of these stores. */
export const applicationId: number = 0x45584543;

/** The SQL that leads from each version of the schema to the next. What was released is never changed. */
export type Migrations = readonly string[];

/**
 * Refuses a file that is not a store of a version that is known, and touches nothing. The connection is to be closed if it throws.
 *
 * @throws {StoreError} `STORE_NEWER_SCHEMA` or `STORE_NOT_A_DATABASE`.
 */
export function checkSchema(database: DatabaseSync, file: string, migrations: Migrations): void {
  // One look: between two of them another process may have made the tables.
  database.exec("BEGIN");
  requireKnownSchema(database, file, migrations);
  database.exec("COMMIT");
}

function requireKnownSchema(database: DatabaseSync, file: string, migrations: Migrations): void {
  const id = readNumber(database, "PRAGMA application_id");
  const version = readNumber(database, "PRAGMA user_version");
  const isEmpty = readNumber(database, "SELECT count(*) FROM sqlite_schema") === 0;
  if (id !== applicationId && !(isEmpty && id === 0 && version === 0)) {
    throw new StoreError(
      "STORE_NOT_A_DATABASE",
      `Cannot open "${file}": it is a database of another program`,
    );
  }
  if (version <= migrations.length) return;
  throw new StoreError(
    "STORE_NEWER_SCHEMA",
    `Cannot open "${file}": its schema has version ${version}, and this program knows ${migrations.length}`,
  );
}

/** Brings the schema up to date, all steps or none. Several processes may do it at once. */
export function migrate(database: DatabaseSync, file: string, migrations: Migrations): void {
  if (readNumber(database, "PRAGMA user_version") === migrations.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Only now nobody else is at it.
    requireKnownSchema(database, file, migrations);
    for (const step of migrations.slice(readNumber(database, "PRAGMA user_version"))) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite did it already; what went wrong before says more.
  }
}

function readNumber(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}
