import type { JobContext } from "@executus/lane";
import type { PersistenceStore } from "@executus/lane/persisted";
import { queueRun } from "./accept-run.ts";
import type { AnyAgent } from "./agent.ts";
import { HarnessError } from "./errors.ts";
import type { RunEvent } from "./event.ts";
import { type Ending, endingOf, isLeft } from "./failure.ts";
import { lastMessage } from "./last-message.ts";
import { LiveRun, type RunFacts } from "./live-run.ts";
import type { Parts } from "./parts.ts";
import { cancelled } from "./cancel-run.ts";
import { endStoredRun } from "./end-stored-run.ts";
import { childPrefix, isOwnLane, lastJob, readRunJob, runJob } from "./run-job.ts";
import { readResult } from "./result-text.ts";
import type { RunRow } from "./run-store.ts";
import { workOn } from "./run-work.ts";
import { readBySchema } from "./schema.ts";
import { storedOutcome } from "./stored-end.ts";
import { readFacts, readInput } from "./stored-run.ts";

/** What became of a run that was looked at. `waiting`: it has a job that will, or another look is needed. */
export type Recovered = "resubmitted" | "finished" | "failed" | "waiting";

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

/** Looks at an open run that this process does not hold, and does what is missing. */
export async function recoverRun(parts: Parts, store: PersistenceStore, seen: RunRow): Promise<Recovered> {
  const { runId } = seen;
  if (isHeld(parts, runId)) return "waiting";
  if (seen.parentRunId !== undefined) return recoverChild(parts, seen);
  const job = await jobOf(parts, store, seen);
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

interface FoundJob {
  readonly number: number;
  readonly state: string;
  readonly reason?: string | undefined;
  /** True if it stands in a lane that stores its jobs itself. */
  readonly isOwn: boolean;
}

async function jobOf(
  parts: Parts,
  store: PersistenceStore,
  { runId, agent: name }: RunRow,
): Promise<FoundJob | undefined> {
  const agent = parts.agents.get(name);
  if (agent && isOwnLane(parts, agent)) {
    const job = await lastJob(parts, agent, runId);
    if (job) return { ...job, isOwn: true };
    // A lane may lose what it had: what has started is not queued as if it never had.
    return (await hasStarted(parts, runId)) ? { number: 0, state: "failed", isOwn: true } : undefined;
  }
  const row = await parts.books?.repeat(`read job "${runId}"`, () => store.getJob(runId));
  if (row) return { number: 0, state: row.state, reason: row.reason, isOwn: false };
  const job = agent && (await lastJob(parts, agent, runId));
  return job && { ...job, isOwn: false };
}

/** As far as events tell, which are stored a moment later than they happen. */
async function hasStarted({ books }: Parts, runId: string): Promise<boolean> {
  const events = (await books?.events(runId, 0)) ?? [];
  return events.some(({ event }) => (JSON.parse(event) as RunEvent).type === "run-started");
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

async function buildRun(
  parts: Parts,
  row: RunRow,
  { jobId, interruptions }: Pick<RunFacts, "jobId" | "interruptions">,
): Promise<LiveRun> {
  const agent = knownAgent(parts, row);
  const what = `The stored input of agent "${agent.name}" does not fit any more`;
  const input = await readBySchema(agent.input, readInput(row), "HARNESS_INPUT", what);
  return new LiveRun(readFacts(row, { jobId, agent, input, interruptions }));
}

function knownAgent({ agents }: Parts, { agent: name }: RunRow): AnyAgent {
  const agent = agents.get(name);
  if (agent) return agent;
  throw new HarnessError("HARNESS_UNKNOWN_AGENT", `There is no agent "${name}" any more`);
}

/** The work was done: the reply is made again from what is stored, unless its files are gone. */
async function endWithResult(parts: Parts, row: RunRow): Promise<Recovered> {
  const { runId } = row;
  try {
    const told = await lastMessage(parts, row, () => knownAgent(parts, row));
    if (told === "reply") {
      await parts.books?.end({ runId, state: "finished" });
      return "finished";
    }
    const ending = endingOf(row.agent, interrupted(row.agent), false);
    if (told === "failure") await parts.books?.end({ runId, ...ending });
    // Whoever told something else meanwhile is asked at the next look.
    else if (!(await endStoredRun(parts, row, ending))) return "waiting";
  } catch (error) {
    if (isLeft(error)) throw error;
    await endStoredRun(parts, row, endingOf(row.agent, error, false));
  }
  return "failed";
}

/** True of work that may be done twice, and has to be: its result is there, and the files that go with it are not. */
async function lacksFiles(parts: Parts, row: RunRow): Promise<boolean> {
  if (row.result === undefined || parts.agents.get(row.agent)?.onInterrupted !== "requeue") return false;
  if (row.parentRunId !== undefined || readResult(row.result).files === 0) return false;
  return (await lastMessage(parts, row, () => knownAgent(parts, row))) === "nothing";
}

/** What an earlier start of a run began is no part of this one, which another process may have begun meanwhile. */
async function endDescendants(parts: Parts, { runId, rootRunId }: RunRow, start?: number): Promise<void> {
  for await (const row of parts.books?.list({ rootRunId, states: ["open"] }) ?? []) {
    if (row.runId === runId || parts.live.has(row.runId)) continue;
    if (start !== undefined && row.runId.startsWith(childPrefix(runId, start))) continue;
    await endStoredRun(parts, row, endingOf(row.agent, parentInterrupted(row.runId), false));
  }
}

/** Reasons of a job that no code of its own gave: its process ended, or it could not be built again. */
const lost = /^(?:interrupted|not rebuilt|shutdown)/;

/** How a run ends whose job has ended without it. */
function endOfJob(agent: string, { state, reason = "", isOwn }: FoundJob): Ending {
  if (state === "cancelled") return endingOf(agent, undefined, true);
  // Code that ended by itself has recorded that before its job's end.
  const isLost = isOwn || state === "finished" || lost.test(reason);
  return endingOf(agent, isLost ? interrupted(agent) : undefined, false);
}

function interrupted(agent: string): HarnessError {
  return new HarnessError(
    "HARNESS_INTERRUPTED",
    `Agent "${agent}" was interrupted when its process ended: ask again`,
  );
}

function parentInterrupted(runId: string): HarnessError {
  return new HarnessError(
    "HARNESS_PARENT_INTERRUPTED",
    `Job "${runId}" was part of a run that was interrupted`,
  );
}
