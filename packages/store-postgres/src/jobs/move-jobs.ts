import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import type { JobState } from "./rows.ts";

/** One step of a job. Legal: queued to running, cancelled or failed; running to an end; running back to queued. */
export interface JobMove {
  readonly jobId: string;
  readonly epoch: number;
  readonly from: "queued" | "running";
  readonly to: JobState;
  readonly reason?: string | undefined;
}

/** What a move found: it was made, now or before; or the job is elsewhere, or not there at all. */
export type Moved =
  | { readonly applied: true }
  | {
      readonly applied: false;
      readonly state?: JobState | undefined;
      readonly epoch?: number | undefined;
    };

/**
 * Compare-and-set on (job_id, epoch, state), one step after the other, each with its own answer. Steps of one job keep
 * their order; between jobs the order is that of their ids, which all processes have in common, so that two do not wait for
 * each other. A job that never ran ended from the queue: `started_at` says which step was made.
 */
export const moveJobsFunction: string = `
create function move_jobs(job_ids text[], epochs bigint[], origins text[], targets text[], reasons text[])
returns table (ordinal bigint, applied boolean, found_state text, found_epoch bigint)
${functionHead} as $function$
declare
  step record;
begin
  for step in
    select * from unnest(job_ids, epochs, origins, targets, reasons)
      with ordinality as given (job_id, epoch, origin, target, reason, ordinal)
    order by given.job_id collate "C", given.ordinal
  loop
    if step.target = 'running' then
      update jobs set state = 'running', reason = step.reason, requeued = false, started_at = clock_timestamp()
      where job_id = step.job_id and epoch = step.epoch and state = step.origin;
    elsif step.target = 'queued' then
      update jobs set state = 'queued', reason = step.reason, requeued = true, started_at = null,
        epoch = epoch + 1, interruptions = interruptions + 1
      where job_id = step.job_id and epoch = step.epoch and state = step.origin;
    else
      update jobs set state = step.target, reason = step.reason, requeued = false, ended_at = clock_timestamp()
      where job_id = step.job_id and epoch = step.epoch and state = step.origin;
    end if;
    ordinal := step.ordinal;
    applied := found;
    found_state := null;
    found_epoch := null;
    if not found then
      select state, epoch, case step.target
        when 'running' then state = 'running' and epoch = step.epoch
        when 'queued' then state = 'queued' and epoch = step.epoch + 1 and requeued
        else state = step.target and epoch = step.epoch and (started_at is null) = (step.origin = 'queued')
      end
      into found_state, found_epoch, applied
      from jobs where job_id = step.job_id;
    end if;
    return next;
  end loop;
end $function$;
`;

interface MovedRecord {
  readonly ordinal: string;
  readonly applied: "true" | "false" | null;
  readonly found_state: JobState | null;
  readonly found_epoch: string | null;
}

/** Gathers the moves that are made at the same time. */
export function moveBatch(database: Database): Batch<JobMove, Moved> {
  const text = `select ordinal::text, applied::text, found_state, found_epoch::text
    from ${database.schema}.move_jobs($1, $2, $3, $4, $5)`;
  return new Batch({
    sizeOf: ({ reason = "" }) => reason.length,
    run: async (moves) => {
      const values = [
        moves.map(({ jobId }) => jobId),
        moves.map(({ epoch }) => epoch),
        moves.map(({ from }) => from),
        moves.map(({ to }) => to),
        moves.map(({ reason }) => reason),
      ];
      const records = await database.run<MovedRecord>("Cannot move jobs", text, values);
      const answers = new Map(records.map((record) => [Number(record.ordinal), readMoved(record)]));
      return moves.map((_, index) => answers.get(index + 1) ?? { applied: false });
    },
  });
}

function readMoved({ applied, found_state: state, found_epoch: epoch }: MovedRecord): Moved {
  if (applied === "true") return { applied: true };
  if (state === null || epoch === null) return { applied: false };
  return { applied: false, state, epoch: Number(epoch) };
}
