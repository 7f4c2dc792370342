import { HarnessError } from "../errors.ts";
import { endStoredRun } from "../recovery/end-stored-run.ts";
import { codeOf, endingOf } from "../run/failure.ts";
import type { LiveRun } from "../run/live-run.ts";
import { laneOf, type Parts } from "../parts.ts";
import { failRun } from "../run/run-ends.ts";
import { isOwnLane, lastJob, mayBeElsewhere } from "../run/run-job.ts";
import type { RunRow } from "../store/run-store.ts";

export function cancelled(runId: string): HarnessError {
  return new HarnessError("HARNESS_CANCELLED", `Run "${runId}" was cancelled`);
}

/** Stops a run that this process holds: takes it out of its queue, or aborts it. */
export async function cancelLive(parts: Parts, run: LiveRun, reason: unknown): Promise<void> {
  if (run.isDecided) return;
  const mark = { reason };
  run.stopped ??= mark;
  try {
    await stopLive(parts, run, reason);
  } catch (error) {
    // It may go on: then its end is not what was asked for here.
    if (run.stopped === mark && !run.isDecided) run.stopped = undefined;
    throw error;
  }
}

async function stopLive(parts: Parts, run: LiveRun, reason: unknown): Promise<void> {
  const { agent, jobId, runId } = run.facts;
  const lane = laneOf(parts, agent);
  if (run.inSlot) {
    run.inSlot.abort(reason);
    return failRun(parts, run, reason);
  }
  try {
    await lane.cancel(jobId, reason);
    // Of a job that was built again nobody else is told.
    return await failRun(parts, run, reason);
  } catch (error) {
    if (codeOf(error) !== "LANE_NOT_QUEUED") return ignoreEnded(error);
  }
  // Another process may have taken it out of a queue that both have.
  if (!mayBeElsewhere(parts, run)) return lane.abort(jobId, reason).catch(ignoreEnded);
  await parts.books?.requestCancel(runId);
  // How it ends is for that process to say.
  run.stopped = undefined;
  await lane.abort(jobId, reason).catch(ignore);
}

/**
 * Stops a run that this process does not hold: one that is queued is taken out and has ended; of one that runs it is recorded that
 * it shall end, and the process that has it sees that at its next look.
 */
export async function cancelStored(parts: Parts, runId: string, reason: unknown): Promise<void> {
  const row = await parts.books?.get(runId);
  // Its work is done: too late.
  if (row?.state !== "open" || row.result !== undefined) return;
  if (!(await isTakenOut(parts, row, reason))) return;
  await endStoredRun(parts, row, endingOf(row.agent, reason, true));
}

/** False if only who has the run can end it: that is asked for then. */
async function isTakenOut(parts: Parts, row: RunRow, reason: unknown): Promise<boolean> {
  const { runId, agent: name, parentRunId } = row;
  const agent = parts.agents.get(name);
  const lane = agent && laneOf(parts, agent);
  const jobId = (agent && isOwnLane(parts, agent) && (await lastJob(parts, agent, runId))?.jobId) || runId;
  const refusal = lane ? await refusalOf(() => lane.cancel(jobId, reason)) : "LANE_NOT_QUEUED";
  if (refusal === undefined) return true;
  await parts.books?.requestCancel(runId);
  // A root without a job has nobody who would see it. A child without one may run in the slot of its parent.
  if (refusal === "LANE_UNKNOWN_JOB") return parentRunId === undefined;
  // Where a lane can do that at once it does; else the request is enough.
  await lane?.abort(jobId, reason).catch(ignore);
  return false;
}

async function refusalOf(cancel: () => Promise<void>): Promise<string | undefined> {
  try {
    await cancel();
    return undefined;
  } catch (error) {
    ignoreEnded(error);
    return codeOf(error);
  }
}

/** A run that ended before it could be stopped needs no stopping. */
function ignoreEnded(error: unknown): void {
  const code = codeOf(error);
  if (code !== "LANE_UNKNOWN_JOB" && code !== "LANE_NOT_QUEUED" && code !== "LANE_NOT_RUNNING") throw error;
}

function ignore(): void {}
