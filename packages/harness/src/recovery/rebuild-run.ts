import type { JobContext } from "@executus/lane";
import { readBySchema } from "../agents/schema.ts";
import { cancelled } from "../cancel/cancel-run.ts";
import type { Parts } from "../parts.ts";
import { endingOf, isLeft } from "../run/failure.ts";
import { LiveRun, type RunFacts } from "../run/live-run.ts";
import { readRunJob } from "../run/run-job.ts";
import { workOn } from "../run/work-on.ts";
import type { RunRow } from "../store/run-store.ts";
import { storedOutcome } from "../store/stored-end.ts";
import { readFacts, readInput } from "../store/stored-run.ts";
import { endDescendants } from "./end-descendants.ts";
import { endStoredRun } from "./end-stored-run.ts";
import { endWithResult, lacksFiles } from "./end-with-result.ts";
import { parentInterrupted } from "./interrupted.ts";
import { knownAgent } from "./known-agent.ts";

interface StoredJob {
  readonly jobId: string;
  readonly interruptions?: number | undefined;
}

/**
 * Builds the code of a stored job again, from the run's row: by names and JSON. What cannot be built is recorded as failed, and
 * then refused.
 */
export async function rebuildRun(
  parts: Parts,
  { jobId, interruptions: interruptionsOfJob = 0 }: StoredJob,
): Promise<(job: JobContext) => unknown> {
  const { runId, number } = readRunJob(jobId);
  const interruptions = interruptionsOfJob + number;
  const live = parts.live.get(runId);
  if (live?.facts.jobId === jobId && !live.job) return (job) => workOn(parts, live, job);
  const row = await parts.books?.get(runId);
  // A cell, or a run that this store does not know.
  if (!row) throw parentInterrupted(jobId);
  if (row.state !== "open") return () => storedOutcome(row);
  if (row.result !== undefined && !(await lacksFiles(parts, row))) return () => endWithResult(parts, row);
  try {
    if (row.parentRunId !== undefined) throw parentInterrupted(jobId);
    if (row.cancelRequested) throw cancelled(runId);
    const run = await buildRun(parts, row, { jobId, interruptions });
    if (interruptions > 0) await endDescendants(parts, row, interruptions);
    run.isRebuilt = true;
    parts.live.set(runId, run);
    return (job) => workOn(parts, run, job);
  } catch (error) {
    if (!isLeft(error))
      await endStoredRun(parts, row, endingOf(row.agent, error, row.cancelRequested === true));
    throw error;
  }
}

/** A run from its row, by names and JSON. */
export async function buildRun(
  parts: Parts,
  row: RunRow,
  { jobId, interruptions }: Pick<RunFacts, "jobId" | "interruptions">,
): Promise<LiveRun> {
  const agent = knownAgent(parts, row);
  const what = `The stored input of agent "${agent.name}" does not fit any more`;
  const input = await readBySchema(agent.input, readInput(row), "HARNESS_INPUT", what);
  return new LiveRun(readFacts(row, { jobId, agent, input, interruptions }));
}
