import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import type { PersistedState, NewJobRow } from "./rows.ts";

/** What `enqueueJob` found: the row is there, or its id was taken. */
export type Enqueued =
  | { readonly accepted: true; readonly sequence: number }
  | { readonly accepted: false; readonly lane: string; readonly state: PersistedState };

/**
 * Writes what is new, in the order given, so that sequence follows it. If all were new, gives their sequences; else says of
 * each what is there. The lease is changed to what it is: that makes whoever adopts from this owner wait, or whoever is about
 * to take the lease away.
 */
export const enqueueJobsFunction: string = `
create function enqueue_jobs(
  job_ids text[], lanes text[], owners text[], caller_ids text[], priorities double precision[],
  weights double precision[], timeouts double precision[], names text[], metadata_hex text[]
) returns table (
  sequences bigint[], found_id text, found_owner text, found_lane text, found_state text, found_epoch bigint, found_sequence bigint
)
${functionHead} as $function$
begin
  with inserted as (
    insert into jobs (job_id, lane, owner, caller_id, priority, weight, timeout_ms, name, metadata)
    select job_id, lane, owner, caller_id, priority, weight, timeout_ms, name, decode(hex, 'hex')
    from unnest(job_ids, lanes, owners, caller_ids, priorities, weights, timeouts, names, metadata_hex)
      with ordinality as given (job_id, lane, owner, caller_id, priority, weight, timeout_ms, name, hex, ordinal)
    order by ordinal
    on conflict (job_id) do nothing
    returning lane, owner, sequence
  ), leased as (
    insert into leases as lease (lane, owner, count)
    select distinct lane, owner, 1 from inserted order by lane, owner
    on conflict (lane, owner) do update set count = lease.count
  )
  select array_agg(sequence order by sequence) into sequences from inserted;
  if cardinality(sequences) = cardinality(job_ids) then
    return next;
    return;
  end if;

  sequences := null;
  foreach found_id in array job_ids loop
    select owner, lane, state, epoch, sequence
    into found_owner, found_lane, found_state, found_epoch, found_sequence
    from jobs where job_id = found_id;
    if not found then
      raise exception 'a job was purged while its id was enqueued' using errcode = 'serialization_failure';
    end if;
    return next;
  end loop;
end $function$;
`;

/** One for all jobs, with nothing but their sequences; or one for each, with everything else. */
interface FoundRecord {
  /** As PostgreSQL writes arrays: `"{7,8,9}"`. */
  readonly sequences: string | null;
  readonly found_id: string;
  readonly found_owner: string;
  readonly found_lane: string;
  readonly found_state: PersistedState;
  readonly found_epoch: string;
  readonly found_sequence: string;
}

/** A job as it was when it was handed over, with its bytes as text. */
export type EnqueuedJob = Omit<NewJobRow, "metadata"> & { readonly metadataHex: string };

/** Gathers the jobs that are enqueued at the same time. */
export function enqueueBatch(database: Database): Batch<EnqueuedJob, Enqueued> {
  const text = `select sequences::text, found_id, found_owner, found_lane, found_state, found_epoch::text, found_sequence::text
    from ${database.schema}.enqueue_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
  return new Batch({
    keyOf: ({ jobId }) => jobId,
    sizeOf: ({ metadataHex, callerId = "", name = "" }) => metadataHex.length + callerId.length + name.length,
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
      const sequences = records[0]?.sequences;
      if (sequences) {
        const numbers = sequences.slice(1, -1).split(",");
        return numbers.map((number) => ({ accepted: true, sequence: Number(number) }));
      }
      const found = new Map(records.map((record) => [record.found_id, record]));
      return jobs.map((job) => judge(found.get(job.jobId), job));
    },
  });
}

/** A row that this owner could have written by this call is this call's row, written now or when it was made before. */
function judge(found: FoundRecord | undefined, { jobId, lane, owner }: EnqueuedJob): Enqueued {
  if (!found) throw new Error(`the server said nothing of job ${JSON.stringify(jobId)}`);
  const isOwn = found.found_owner === owner && found.found_lane === lane;
  const isFirst = found.found_state === "queued" && found.found_epoch === "1";
  if (isOwn && isFirst) return { accepted: true, sequence: Number(found.found_sequence) };
  return { accepted: false, lane: found.found_lane, state: found.found_state };
}
