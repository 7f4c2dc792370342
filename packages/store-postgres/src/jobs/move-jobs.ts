import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import type { PersistedState } from "./rows.ts";

/** One step of a job. Legal: queued to running, cancelled or failed; running to an end; running back to queued. */
export interface JobMove {
  readonly jobId: string;
  readonly epoch: number;
  readonly from: "queued" | "running";
  readonly to: PersistedState;
  readonly reason?: string | undefined;
}

/** What a move found: it was made, now or before; or the job is elsewhere, or not there at all. */
export type Moved =
  | { readonly applied: true }
  | {
      readonly applied: false;
      readonly state?: PersistedState | undefined;
      readonly epoch?: number | undefined;
    };

/**
 * Compare-and-set on (job_id, epoch, state) for all at once. If all were made, that is all; else says of each where its job
 * stands, and if that is where the move leads. A job that never ran ended from the queue: `started_at` tells the two apart.
 *
 * A join could be made the wrong way round, through the whole table. So each row is found by its id first, and changed by its
 * place.
 */
export const moveJobsFunction: string = `
create function move_jobs(job_ids text[], epochs bigint[], origins text[], targets text[], reasons text[])
returns table (found_id text, applied boolean, found_state text, found_epoch bigint)
${functionHead} as $function$
declare
  made bigint;
  step record;
  job record;
begin
  update jobs set
    state = move.target,
    reason = move.reason,
    requeued = move.target = 'queued',
    epoch = jobs.epoch + (move.target = 'queued')::integer,
    interruptions = interruptions + (move.target = 'queued')::integer,
    started_at = case move.target when 'running' then clock_timestamp() when 'queued' then null else started_at end,
    ended_at = case when move.target not in ('running', 'queued') then clock_timestamp() end
  from (
    select given.*, found.place
    from unnest(job_ids, epochs, origins, targets, reasons) as given (job_id, epoch, origin, target, reason)
    cross join lateral (select ctid as place from jobs where job_id = given.job_id offset 0) as found
  ) as move
  where jobs.ctid = move.place and jobs.epoch = move.epoch and state = move.origin;
  get diagnostics made = row_count;
  if made = cardinality(job_ids) then return; end if;

  for step in
    select * from unnest(job_ids, epochs, origins, targets) as given (job_id, epoch, origin, target)
  loop
    select state, epoch, requeued, started_at is not null as started into job from jobs where job_id = step.job_id;
    if job.state = step.origin and job.epoch = step.epoch then
      raise exception 'a job was changed by others and is as it was' using errcode = 'serialization_failure';
    end if;
    found_id := step.job_id;
    found_state := job.state;
    found_epoch := job.epoch;
    applied := case step.target
      when 'running' then job.state = 'running' and job.epoch = step.epoch
      when 'queued' then job.state = 'queued' and job.epoch = step.epoch + 1 and job.requeued
      else job.state = step.target and job.epoch = step.epoch and job.started = (step.origin = 'running')
    end;
    return next;
  end loop;
end $function$;
`;

interface MovedRecord {
  readonly found_id: string;
  readonly applied: "true" | "false" | null;
  readonly found_state: PersistedState | null;
  readonly found_epoch: string | null;
}

/** Gathers the moves that are made at the same time. */
export function moveBatch(database: Database): Batch<JobMove, Moved> {
  const text = `select found_id, applied::text, found_state, found_epoch::text
    from ${database.schema}.move_jobs($1, $2, $3, $4, $5)`;
  return new Batch({
    keyOf: ({ jobId }) => jobId,
    sizeOf: ({ reason = "" }) => reason.length,
    run: async (moves) => {
      // All processes go through the ids in one order, so that two never wait for each other.
      const ordered = moves.toSorted((one, other) => (one.jobId < other.jobId ? -1 : 1));
      const values = [
        ordered.map(({ jobId }) => jobId),
        ordered.map(({ epoch }) => epoch),
        ordered.map(({ from }) => from),
        ordered.map(({ to }) => to),
        ordered.map(({ reason }) => reason),
      ];
      const records = await database.run<MovedRecord>("Cannot move jobs", text, values);
      if (records.length === 0) return moves.map(() => ({ applied: true }));
      const answers = new Map(records.map((record) => [record.found_id, readMoved(record)]));
      return moves.map(({ jobId }) => answers.get(jobId) ?? { applied: false });
    },
  });
}

function readMoved({ applied, found_state: state, found_epoch: epoch }: MovedRecord): Moved {
  if (applied === "true") return { applied: true };
  if (state === null || epoch === null) return { applied: false };
  return { applied: false, state, epoch: Number(epoch) };
}
