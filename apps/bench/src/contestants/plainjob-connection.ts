import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Connection } from "plainjob";

type Transaction = (...parameters: unknown[]) => unknown;

/**
 * What plainjob uses of better-sqlite3, made of node:sqlite. The npm registry does not have better-sqlite3 in a form that
 * runs: its programs are elsewhere, or have to be built.
 */
export function connectPlainjob(file: string): Connection {
  const database = new DatabaseSync(file);
  const begin = database.prepare("BEGIN");
  const beginImmediate = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const undo = database.prepare("ROLLBACK");

  function transaction(start: StatementSync, work: Transaction): Transaction {
    return (...parameters) => {
      start.run();
      try {
        const result = work(...parameters);
        commit.run();
        return result;
      } catch (error) {
        undo.run();
        throw error;
      }
    };
  }

  const connection: Omit<Connection, "transaction"> & { transaction(work: Transaction): Transaction } = {
    driver: "better-sqlite3",
    filename: file,
    pragma: (statement) => database.exec(`PRAGMA ${statement}`),
    exec: (statement) => database.exec(statement),
    prepare: (statement) => {
      const prepared = database.prepare(statement);
      return {
        run: (...parameters: SQLInputValue[]) => {
          const { changes, lastInsertRowid } = prepared.run(...parameters);
          return { changes: Number(changes), lastInsertRowid };
        },
        get: (...parameters) => prepared.get(...(parameters as SQLInputValue[])),
        all: (...parameters) => prepared.all(...(parameters as SQLInputValue[])),
      };
    },
    transaction: (work) =>
      Object.assign(transaction(begin, work), { immediate: transaction(beginImmediate, work) }),
    close: () => database.close(),
  };
  return connection as Connection;
}
