import type { AnyAgent } from "../agents/agent.ts";
import type { LiveRun } from "./live-run.ts";
import { laneOf, type Parts } from "../parts.ts";

/** Which job of which run: a lane that stores its jobs itself, and knows no requeue, gets another job for each new start. */
export interface RunJob {
  readonly jobId: string;
  readonly runId: string;
  /** How many jobs of the run came before it. */
  readonly number: number;
}

export function runJob(runId: string, number: number): RunJob {
  return { jobId: number === 0 ? runId : `${runId}#${number}`, runId, number };
}

const another = /^(?<runId>.+)#(?<number>[1-9]\d*)$/;

/** The opposite of `runJob`. What is no job of a run, such as a cell's, is given as the first job of a run that nobody knows. */
export function readRunJob(jobId: string): RunJob {
  const { runId, number } = another.exec(jobId)?.groups ?? {};
  return runId === undefined ? runJob(jobId, 0) : runJob(runId, Number(number));
}

/** What the ids of children begin with: each start of a run counts anew. */
export function childPrefix(runId: string, interruptions: number): string {
  return interruptions === 0 ? `${runId}.` : `${runId}.${interruptions}:`;
}

/** True of a lane that was made by a function: it stores its jobs itself, if it does. */
export function isOwnLane({ ownLanes }: Parts, agent: AnyAgent | undefined): boolean {
  return agent !== undefined && ownLanes.has(agent.lane);
}

/** True of a run of this process whose job another process may have taken. */
export function mayBeElsewhere(parts: Parts, { job, facts }: LiveRun): boolean {
  return parts.books !== undefined && job === undefined && isOwnLane(parts, facts.agent);
}

/** True if another process has started the run again, since it took this one for dead. */
export async function isStartedElsewhere(parts: Parts, { job, facts }: LiveRun): Promise<boolean> {
  const { agent, parent, runId, jobId, interruptions } = facts;
  if (!job || parent || agent.onInterrupted !== "requeue") return false;
  if (isOwnLane(parts, agent)) return (await lastJob(parts, agent, runId))?.jobId !== jobId;
  const row = await parts.books?.repeat(`read job "${jobId}"`, async () => parts.jobs?.getJob(jobId));
  return row !== undefined && row.interruptions !== interruptions;
}

/** The last job of a run in a lane of its own, and where it stands; `undefined` if the lane knows none. */
export async function lastJob(
  parts: Parts,
  agent: AnyAgent,
  runId: string,
): Promise<(RunJob & { readonly state: string }) | undefined> {
  // From the last one on: what came before may be forgotten already.
  const most = agent.onInterrupted === "requeue" && isOwnLane(parts, agent) ? parts.maxInterruptions : 0;
  for (let number = most; number >= 0; number -= 1) {
    const job = runJob(runId, number);
    const placement = await laneOf(parts, agent).placement(job.jobId);
    if (placement) return { ...job, state: placement.state };
  }
  return undefined;
}
