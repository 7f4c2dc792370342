import type { DatabaseSync } from "node:sqlite";
import type { Sequences } from "../database/sequences.ts";
import type { Work } from "../database/work.ts";
import { checkNewRun } from "./check-arguments.ts";
import { columns, readRun } from "./read-run.ts";
import type { CreatedRun, NewRun, RunRow } from "../internal/run.ts";

export function createCreateRun(
  database: DatabaseSync,
  sequences: Sequences,
): (run: NewRun) => Work<CreatedRun> {
  // Of either kind: the id is taken, or agent, caller and key are.
  const insert = database.prepare(
    `INSERT INTO runs (sequence, run_id, root_run_id, parent_run_id, is_root, state, agent, caller, key, created_at,
       input, details)
     VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const findById = database.prepare(`SELECT ${columns} FROM runs WHERE run_id = ?`);
  const findByKey = database.prepare(
    `SELECT ${columns} FROM runs WHERE agent = ? AND caller = ? AND key = ? AND key IS NOT NULL`,
  );

  return (given) => {
    checkNewRun(given);
    // What the caller does with the run after the call changes nothing.
    const { runId, rootRunId, parentRunId, agent, caller, key, input, details } = given;
    const run: NewRun = { runId, rootRunId, parentRunId, agent, caller, key, input, details };
    return (transaction) => {
      const { at } = transaction;
      const sequence = sequences.next(transaction);
      const isRoot = Number(parentRunId === undefined);
      const family = [runId, rootRunId, parentRunId ?? null, isRoot] as const;
      const { changes } = insert.run(sequence, ...family, agent, caller, key ?? null, at, input, details);
      if (changes === 0) {
        const known = readRun(findById.get(runId) ?? findByKey.get(agent, caller, key ?? null));
        return { created: isFirstCall(known, run), run: known };
      }
      sequences.advance();
      return { created: true, run: { ...run, sequence, state: "open", createdAt: at } };
    };
  };
}

/** If the call that wrote the row, or that call again, is what was asked; and nothing has come of it yet. */
function isFirstCall(row: RunRow, run: NewRun): boolean {
  const isSame = (["runId", "agent", "caller", "key", "input", "details"] as const).every(
    (field) => row[field] === run[field],
  );
  return isSame && row.state === "open" && row.result === undefined;
}
