import type { Ending } from "../run/failure.ts";
import type { Parts } from "../parts.ts";
import { recordFailure } from "../reply/last-message.ts";
import type { RunRow } from "../store/run-store.ts";
import { readDetails } from "../store/stored-run.ts";

/** Ends a run that this process does not hold, and says so where its reply would have gone; nothing if it has ended. */
export async function endStoredRun(parts: Parts, row: RunRow, ending: Ending): Promise<boolean> {
  const { runId, agent } = row;
  const { destinations } = readDetails(row);
  const isOurs = await recordFailure(parts, { runId, agent, destinations, ...ending });
  if (isOurs) parts.events.run(runId, { type: "run-ended", agent, ...ending });
  return isOurs;
}
