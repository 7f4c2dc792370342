import type { Parts } from "../parts.ts";
import { endingOf } from "../run/failure.ts";
import { childPrefix } from "../run/run-job.ts";
import type { RunRow } from "../store/run-store.ts";
import { endStoredRun } from "./end-stored-run.ts";
import { parentInterrupted } from "./interrupted.ts";

/** What an earlier start of a run began is no part of this one, which another process may have begun meanwhile. */
export async function endDescendants(
  parts: Parts,
  { runId, rootRunId }: RunRow,
  start?: number,
): Promise<void> {
  for await (const row of parts.books?.list({ rootRunId, states: ["open"] }) ?? []) {
    if (row.runId === runId || parts.live.has(row.runId)) continue;
    if (start !== undefined && row.runId.startsWith(childPrefix(runId, start))) continue;
    await endStoredRun(parts, row, endingOf(row.agent, parentInterrupted(row.runId), false));
  }
}
