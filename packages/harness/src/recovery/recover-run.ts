import type { PersistenceStore } from "@executus/lane/persisted";
import { cancelled } from "../cancel/cancel-run.ts";
import { endingOf, type Ending, isLeft } from "../run/failure.ts";
import type { LiveRun } from "../run/live-run.ts";
import { runJob } from "../run/run-job.ts";
import type { RunRow } from "../store/run-store.ts";
import { queueRun } from "../submit/accept-run.ts";
import type { Parts } from "../parts.ts";
import { endDescendants } from "./end-descendants.ts";
import { endStoredRun } from "./end-stored-run.ts";
import { endWithResult, lacksFiles } from "./end-with-result.ts";
import { endOfJob, findJob, type FoundJob } from "./found-job.ts";
import { parentInterrupted } from "./interrupted.ts";
import { buildRun } from "./rebuild-run.ts";

/** What became of a run that was looked at. `waiting`: it has a job that will, or another look is needed. */
export type Recovered = "resubmitted" | "finished" | "failed" | "waiting";

/** Looks at an open run that this process does not hold, and does what is missing. */
export async function recoverRun(parts: Parts, store: PersistenceStore, seen: RunRow): Promise<Recovered> {
  const { runId } = seen;
  if (isHeld(parts, runId)) return "waiting";
  if (seen.parentRunId !== undefined) return recoverChild(parts, seen);
  const job = await findJob(parts, store, seen);
  if (job?.state === "queued" || job?.state === "running") return "waiting";
  // A run's end is recorded before its job's: what is read now knows of it.
  const row = await parts.books?.get(runId);
  if (row?.state !== "open") return "waiting";
  if (row.result !== undefined && !(isStartedAgain(parts, row, job) && (await lacksFiles(parts, row)))) {
    return endWithResult(parts, row);
  }
  if (row.cancelRequested) return endWithChildren(parts, row, endingOf(row.agent, cancelled(runId), true));
  if (job === undefined) return resubmit(parts, row, 0);
  if (isStartedAgain(parts, row, job)) {
    const number = job.number + 1;
    await endDescendants(parts, row, number);
    return resubmit(parts, row, number);
  }
  return endWithChildren(parts, row, endOfJob(row.agent, job));
}

/** In a lane of its own, which knows no requeue, an interrupted run is submitted as another job. */
function isStartedAgain(
  parts: Parts,
  { agent: name }: RunRow,
  job: FoundJob | undefined,
): job is FoundJob & { readonly isOwn: true } {
  const agent = parts.agents.get(name);
  if (!job?.isOwn || job.state === "cancelled") return false;
  return agent?.onInterrupted === "requeue" && job.number < parts.maxInterruptions;
}

/** What it started has no other end to wait for. */
async function endWithChildren(parts: Parts, row: RunRow, ending: Ending): Promise<Recovered> {
  await endStoredRun(parts, row, ending);
  await endDescendants(parts, row);
  return "failed";
}

/** Only its parent knows what it was for. */
async function recoverChild(parts: Parts, row: RunRow): Promise<Recovered> {
  if (row.result !== undefined) return endWithResult(parts, row);
  const root = await parts.books?.get(row.rootRunId);
  if (root?.state === "open") return "waiting";
  await endStoredRun(parts, row, endingOf(row.agent, parentInterrupted(row.runId), false));
  return "failed";
}

/** The process died after the run was recorded and before its job was. */
async function resubmit(parts: Parts, row: RunRow, number: number): Promise<Recovered> {
  const { jobId } = runJob(row.runId, number);
  let run: LiveRun;
  try {
    run = await buildRun(parts, row, { jobId, interruptions: number });
  } catch (error) {
    if (isLeft(error)) throw error;
    await endStoredRun(parts, row, endingOf(row.agent, error, false));
    return "failed";
  }
  if (isHeld(parts, row.runId)) return "waiting";
  run.isRebuilt = true;
  parts.live.set(row.runId, run);
  try {
    return "run" in (await queueRun(parts, run)) ? "resubmitted" : "waiting";
  } catch (error) {
    if (isLeft(error)) throw error;
    return "failed";
  }
}

/** True if this process has the run, or is about to: its row is there before it can be live. */
function isHeld({ live, accepting }: Parts, runId: string): boolean {
  return live.has(runId) || accepting.has(runId);
}
