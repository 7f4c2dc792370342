import { milliseconds } from "../database/instants.ts";

/** Where a job stands. The last three are ends: nothing leaves them. */
export type PersistedState = "queued" | "running" | "finished" | "cancelled" | "failed";

/** A job as its owner hands it over. */
export interface NewJobRow {
  readonly jobId: string;
  readonly lane: string;
  readonly owner: string;
  readonly callerId?: string | undefined;
  readonly priority: number;
  readonly weight: number;
  readonly timeoutMs?: number | undefined;
  readonly name?: string | undefined;
  readonly metadata: Uint8Array;
}

/** A job as it is kept. Instants are epoch milliseconds by the server's clock. */
export interface JobRow extends NewJobRow {
  readonly sequence: number;
  readonly epoch: number;
  readonly state: PersistedState;
  readonly reason?: string | undefined;
  readonly interruptions: number;
  readonly enqueuedAt: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** A job as the server sends it: `jobColumns`, all of them text. */
export interface JobRecord {
  readonly job_id: string;
  readonly lane: string;
  readonly owner: string;
  readonly caller_id: string | null;
  readonly priority: string;
  readonly weight: string;
  readonly timeout_ms: string | null;
  readonly name: string | null;
  readonly metadata: string;
  readonly sequence: string;
  readonly epoch: string;
  readonly state: PersistedState;
  readonly reason: string | null;
  readonly interruptions: string;
  readonly enqueued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

/** As text, since the user of the pool may have set parsers of their own for every other type. */
export const jobColumns: string = `job_id, lane, owner, caller_id, priority::text, weight::text, timeout_ms::text, name,
  encode(metadata, 'hex') as metadata, sequence::text, epoch::text, state, reason, interruptions::text,
  ${["enqueued_at", "started_at", "ended_at"].map(milliseconds).join(", ")}`;

export function readJob(record: JobRecord): JobRow {
  return {
    jobId: record.job_id,
    lane: record.lane,
    owner: record.owner,
    callerId: record.caller_id ?? undefined,
    priority: Number(record.priority),
    weight: Number(record.weight),
    timeoutMs: numberOf(record.timeout_ms),
    name: record.name ?? undefined,
    // A copy: small buffers share their memory with others.
    metadata: new Uint8Array(Buffer.from(record.metadata, "hex")),
    sequence: Number(record.sequence),
    epoch: Number(record.epoch),
    state: record.state,
    reason: record.reason ?? undefined,
    interruptions: Number(record.interruptions),
    enqueuedAt: Number(record.enqueued_at),
    startedAt: numberOf(record.started_at),
    endedAt: numberOf(record.ended_at),
  };
}

function numberOf(text: string | null): number | undefined {
  return text === null ? undefined : Number(text);
}
