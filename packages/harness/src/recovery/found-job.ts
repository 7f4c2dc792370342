import type { PersistenceStore } from "@executus/lane/persisted";
import type { RunEvent } from "../events/event.ts";
import type { Parts } from "../parts.ts";
import { type Ending, endingOf } from "../run/failure.ts";
import { isOwnLane, lastJob } from "../run/run-job.ts";
import type { RunRow } from "../store/run-store.ts";
import { interrupted } from "./interrupted.ts";

/** The last job of a run, wherever it is kept. */
export interface FoundJob {
  readonly number: number;
  readonly state: string;
  readonly reason?: string | undefined;
  /** True if it stands in a lane that stores its jobs itself. */
  readonly isOwn: boolean;
}

/** `undefined` if the run never had one. */
export async function findJob(
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

/** Reasons of a job that no code of its own gave: its process ended, or it could not be built again. */
const lost = /^(?:interrupted|not rebuilt|shutdown)/;

/** How a run ends whose job has ended without it. */
export function endOfJob(agent: string, { state, reason = "", isOwn }: FoundJob): Ending {
  if (state === "cancelled") return endingOf(agent, undefined, true);
  // Code that ended by itself has recorded that before its job's end.
  const isLost = isOwn || state === "finished" || lost.test(reason);
  return endingOf(agent, isLost ? interrupted(agent) : undefined, false);
}
