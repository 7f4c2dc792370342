import { againAndAgain, type Stop } from "../again-and-again.ts";
import { cancelled, cancelLive } from "./cancel-run.ts";
import { reportProblem } from "../internal/logger.ts";
import type { Parts } from "../parts.ts";

/**
 * Asks the store, again and again until it is told to stop, whose end another process has asked for of the runs that run here, and
 * stops those. It keeps no process alive.
 *
 * @returns what stops it
 */
export function watchCancels(parts: Parts): Stop {
  // A store that does not answer is asked again.
  return againAndAgain({ everyMs: parts.pollMs }, () => stopAsked(parts).catch(() => {}));
}

async function stopAsked(parts: Parts): Promise<void> {
  const { books, live, logger } = parts;
  const running = [...live.values()].filter(({ job, isDecided }) => job && !isDecided);
  if (!books || running.length === 0) return;
  for (const runId of await books.cancels(running.map(({ facts }) => facts.runId))) {
    const run = live.get(runId);
    const cancelling = run && cancelLive(parts, run, cancelled(runId));
    cancelling?.catch((error: unknown) => reportProblem(logger, `Run "${runId}" cannot be stopped`, error));
  }
}
