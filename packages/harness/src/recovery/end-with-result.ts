import type { Parts } from "../parts.ts";
import { lastMessage } from "../reply/last-message.ts";
import { readResult } from "../reply/result-text.ts";
import { endingOf, isLeft } from "../run/failure.ts";
import type { RunRow } from "../store/run-store.ts";
import { endStoredRun } from "./end-stored-run.ts";
import { interrupted } from "./interrupted.ts";
import { knownAgent } from "./known-agent.ts";

/** The work was done: the reply is made again from what is stored, unless its files are gone. */
export async function endWithResult(parts: Parts, row: RunRow): Promise<"finished" | "failed" | "waiting"> {
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
export async function lacksFiles(parts: Parts, row: RunRow): Promise<boolean> {
  if (row.result === undefined || parts.agents.get(row.agent)?.onInterrupted !== "requeue") return false;
  if (row.parentRunId !== undefined || readResult(row.result).files === 0) return false;
  return (await lastMessage(parts, row, () => knownAgent(parts, row))) === "nothing";
}
