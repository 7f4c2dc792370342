import { Buffer } from "node:buffer";
import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkNewJob } from "./check-arguments.ts";
import type { Enqueued, NewJobRow } from "./job.ts";
import { readState } from "./job-state.ts";
import type { Leases } from "./leases.ts";
import type { Sequences } from "../database/sequences.ts";

/** From so many bytes on metadata lies apart. Below it a second row costs more than writing them three times. */
const largeBytes = 1_000;

export function createEnqueue(
  database: DatabaseSync,
  leases: Leases,
  sequences: Sequences,
): (job: NewJobRow) => Work<Enqueued> {
  const insert = database.prepare(
    `INSERT INTO jobs (sequence, job_id, lane, owner, epoch, state, interruptions, enqueued_at, caller_id, priority,
       weight, timeout_ms, name, metadata)
     VALUES (?, ?, ?, ?, 1, 0, 0, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id) DO NOTHING`,
  );
  const insertLarge = database.prepare("INSERT INTO large_metadata (sequence, bytes) VALUES (?, ?)");
  const find = database.prepare("SELECT sequence, lane, owner, epoch, state FROM jobs WHERE job_id = ?");

  function explainTaken(jobId: string, lane: string, owner: string): Enqueued {
    const known = find.get(jobId) ?? {};
    const isFirstCall = known["state"] === 0 && known["epoch"] === 1;
    return isFirstCall && known["owner"] === owner && known["lane"] === lane
      ? { accepted: true, sequence: Number(known["sequence"]) }
      : { accepted: false, lane: String(known["lane"]), state: readState(known["state"]) };
  }

  return (job) => {
    checkNewJob(job);
    // What the caller does with the job after the call changes nothing.
    const { jobId, lane, owner, priority, weight } = job;
    const callerId = job.callerId ?? null;
    const timeoutMs = job.timeoutMs ?? null;
    const name = job.name ?? null;
    const metadata = Buffer.from(job.metadata);
    const isLarge = metadata.length >= largeBytes;
    return (transaction) => {
      const { at } = transaction;
      const sequence = sequences.next(transaction);
      const { changes } = insert.run(
        sequence,
        jobId,
        lane,
        owner,
        at,
        callerId,
        priority,
        weight,
        timeoutMs,
        name,
        isLarge ? null : metadata,
      );
      if (changes === 0) return explainTaken(jobId, lane, owner);
      if (isLarge) insertLarge.run(sequence, metadata);
      sequences.advance();
      leases.ensure(transaction, lane, owner);
      return { accepted: true, sequence };
    };
  };
}
