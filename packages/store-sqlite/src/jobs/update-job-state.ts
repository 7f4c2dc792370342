import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkMove } from "./check-arguments.ts";
import type { JobMove, Moved } from "./job.ts";
import { moveCode, readState, stateCodes } from "./job-state.ts";

const applied: Moved = { applied: true };

export function createUpdateJobState(database: DatabaseSync): (move: JobMove) => Work<Moved> {
  const where = "WHERE job_id = ? AND epoch = ? AND state = ?";
  const start = database.prepare(
    `UPDATE jobs SET state = 1, last_move = ?, reason = ?, started_at = ? ${where}`,
  );
  const requeue = database.prepare(
    `UPDATE jobs SET state = 0, last_move = ?, reason = ?, started_at = NULL, epoch = epoch + 1,
       interruptions = interruptions + 1 ${where}`,
  );
  const end = database.prepare(`UPDATE jobs SET last_move = ?, reason = ?, ended_at = ?, state = ? ${where}`);
  const find = database.prepare("SELECT epoch, state, last_move FROM jobs WHERE job_id = ?");

  function explainUnmoved(jobId: string, to: number, code: number): Moved {
    const known = find.get(jobId);
    if (!known) return { applied: false };
    if (known["last_move"] === code && known["state"] === to) return applied;
    return { applied: false, state: readState(known["state"]), epoch: Number(known["epoch"]) };
  }

  return (move) => {
    checkMove(move);
    const { jobId, epoch } = move;
    const from = stateCodes[move.from];
    const to = stateCodes[move.to];
    const code = moveCode(move);
    const reason = move.reason ?? null;
    return ({ at }) => {
      const { changes } =
        to === 1
          ? start.run(code, reason, at, jobId, epoch, from)
          : to === 0
            ? requeue.run(code, reason, jobId, epoch, from)
            : end.run(code, reason, at, to, jobId, epoch, from);
      return changes === 1 ? applied : explainUnmoved(jobId, to, code);
    };
  };
}
