import { againAndAgain, type Stop } from "../again-and-again.ts";
import { reportProblem } from "../internal/logger.ts";
import type { HarnessStore } from "../options.ts";
import type { Parts } from "../parts.ts";
import { recoverRun } from "./recover-run.ts";
import { isOwnLane } from "../run/run-job.ts";

/**
 * Looks at the open runs in lanes that store their jobs themselves, again and again until it is told to stop: such a lane does not
 * say whose process died. It keeps no process alive.
 *
 * @returns what stops it
 */
export function watchOwnLanes(parts: Parts, store: HarnessStore, everyMs: number): Stop {
  return againAndAgain({ everyMs }, () =>
    lookAtAll(parts, store).catch((error: unknown) => {
      reportProblem(parts.logger, "What became of open runs is not known", error);
    }),
  );
}

async function lookAtAll(parts: Parts, store: HarnessStore): Promise<void> {
  for await (const row of parts.books?.list({ states: ["open"] }) ?? []) {
    if (parts.closed.aborted) return;
    if (isOwnLane(parts, parts.agents.get(row.agent))) await recoverRun(parts, store, row);
  }
}
