import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import type { JobState, NewJob } from "./rows.ts";

/** What `enqueueJob` found: the row is there, or its id was taken. */
export type Enqueued =
  | { readonly accepted: true; readonly sequence: number }
  | { readonly accepted: false; readonly lane: string; readonly state: JobState };

/**
 * One job after the other, so that sequence follows their order and two of one id find each other. The lease is changed to
 * what it is: that makes whoever adopts from this owner wait, or whoever is about to take the lease away.
 */
export const enqueueJobsFunction: string = `
create function enqueue_jobs(
  job_ids text[], lanes text[], owners text[], caller_ids text[], priorities double precision[],
  weights double precision[], timeouts double precision[], names text[], metadata_hex text[]
) returns table (found_owner text, found_lane text, found_state text, found_epoch bigint, found_sequence bigint)
${functionHead} as $function$
begin
  for i in 1 .. cardinality(job_ids) loop
    loop
      insert into jobs (job_id, lane, owner, caller_id, priority, weight, timeout_ms, name, metadata)
      values (job_ids[i], lanes[i], owners[i], caller_ids[i], priorities[i], weights[i], timeouts[i], names[i],
        decode(metadata_hex[i], 'hex'))
      on conflict (job_id) do nothing
      returning owner, lane, state, epoch, sequence
      into found_owner, found_lane, found_state, found_epoch, found_sequence;
      if found then
        insert into leases as lease (lane, owner, count) values (lanes[i], owners[i], 1)
        on conflict (lane, owner) do update set count = lease.count;
        exit;
      end if;
      select owner, lane, state, epoch, sequence
      into found_owner, found_lane, found_state, found_epoch, found_sequence
      from jobs where job_id = job_ids[i];
      -- Not found either: it was purged in between.
      exit when found;
    end loop;
    return next;
  end loop;
end $function$;
`;

interface FoundRecord {
  readonly found_owner: string;
  readonly found_lane: string;
  readonly found_state: JobState;
  readonly found_epoch: string;
  readonly found_sequence: string;
}

/** A job as it was when it was handed over, with its bytes as text. */
export type EnqueuedJob = Omit<NewJob, "metadata"> & { readonly metadataHex: string };

/** Gathers the jobs that are enqueued at the same time. */
export function enqueueBatch(database: Database): Batch<EnqueuedJob, Enqueued> {
  const text = `select found_owner, found_lane, found_state, found_epoch::text, found_sequence::text
    from ${database.schema}.enqueue_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
  return new Batch({
    sizeOf: ({ metadataHex }) => metadataHex.length,
    run: async (jobs) => {
      const values = [
        jobs.map(({ jobId }) => jobId),
        jobs.map(({ lane }) => lane),
        jobs.map(({ owner }) => owner),
        jobs.map(({ callerId }) => callerId),
        jobs.map(({ priority }) => priority),
        jobs.map(({ weight }) => weight),
        jobs.map(({ timeoutMs }) => timeoutMs),
        jobs.map(({ name }) => name),
        jobs.map(({ metadataHex }) => metadataHex),
      ];
      const records = await database.run<FoundRecord>("Cannot enqueue jobs", text, values);
      return records.map((record, index) => judge(record, jobs[index]));
    },
  });
}

/** A row that this owner could have written by this call is this call's row, now or when it was made before. */
function judge(found: FoundRecord, job: EnqueuedJob | undefined): Enqueued {
  const { found_lane: lane, found_state: state } = found;
  const isOwn = found.found_owner === job?.owner && lane === job.lane;
  if (isOwn && state === "queued" && found.found_epoch === "1") {
    return { accepted: true, sequence: Number(found.found_sequence) };
  }
  return { accepted: false, lane, state };
}
