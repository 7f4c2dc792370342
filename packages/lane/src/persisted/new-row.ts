import type { Job } from "../job.ts";
import { checkJob } from "../options.ts";
import { checkNewJob } from "./check-row.ts";
import type { NewJobRow } from "./persistence-store.ts";

type Unfinished<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a persisted job is known by. */
export interface RowOrigin {
  readonly lane: string;
  readonly owner: string;
}

const noBytes = new Uint8Array(0);

/**
 * The row of a new job.
 *
 * @throws {TypeError | RangeError} if the lane could not run the job or a store could not keep it.
 */
export function newRow(job: Job<unknown>, { lane, owner }: RowOrigin): NewJobRow {
  checkJob(lane, job, false);
  const { id, callerId, priority = 0, weight = 1, timeoutMs, name, metadata = noBytes } = job;
  const row: Unfinished<NewJobRow> = {
    jobId: id,
    lane,
    owner,
    callerId,
    priority,
    weight,
    timeoutMs: timeoutMs === Number.POSITIVE_INFINITY ? undefined : timeoutMs,
    name,
    metadata,
  };
  checkNewJob(row);
  // A store may write it later than its caller writes over it. Not by `slice`: a `Buffer` gives a view of itself there.
  if (metadata.length > 0) row.metadata = new Uint8Array(metadata);
  return row;
}
