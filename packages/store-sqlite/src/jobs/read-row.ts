import type { JobRow } from "./job.ts";
import { readState } from "./job-state.ts";

/** The columns of a job, for `readRow`. */
export const columns: string =
  "sequence, job_id, lane, owner, epoch, state, interruptions, enqueued_at, started_at, ended_at, caller_id, " +
  "priority, weight, timeout_ms, name, reason, " +
  "ifnull(metadata, (SELECT bytes FROM large_metadata WHERE large_metadata.sequence = jobs.sequence)) AS metadata";

interface StoredRow {
  readonly sequence: number;
  readonly job_id: string;
  readonly lane: string;
  readonly owner: string;
  readonly epoch: number;
  readonly state: number;
  readonly interruptions: number;
  readonly enqueued_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly caller_id: string | null;
  readonly priority: number;
  readonly weight: number;
  readonly timeout_ms: number | null;
  readonly name: string | null;
  readonly reason: string | null;
  readonly metadata: Uint8Array;
}

/** A job from a row with `columns`. */
export function readRow(stored: unknown): JobRow {
  const row = stored as StoredRow;
  return {
    jobId: row.job_id,
    lane: row.lane,
    owner: row.owner,
    callerId: row.caller_id ?? undefined,
    priority: row.priority,
    weight: row.weight,
    timeoutMs: row.timeout_ms ?? undefined,
    name: row.name ?? undefined,
    metadata: row.metadata,
    sequence: row.sequence,
    epoch: row.epoch,
    state: readState(row.state),
    reason: row.reason ?? undefined,
    interruptions: row.interruptions,
    enqueuedAt: row.enqueued_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}
