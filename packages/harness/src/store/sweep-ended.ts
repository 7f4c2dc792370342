import { againAndAgain, type Stop } from "../again-and-again.ts";
import { reportProblem } from "../internal/logger.ts";
import type { HarnessStore } from "../options.ts";
import type { Parts } from "../parts.ts";

const hourMs = 60 * 60 * 1_000;
/** From the start to the first sweep: a boot has enough to do. */
const firstMs = 90_000;
/** So many trees or jobs are deleted at a time. */
const batch = 500;

/**
 * Deletes what ended long ago, every hour from now on until it is told to stop: jobs, runs with all that belongs to them, and
 * deliveries. It keeps no process alive.
 *
 * @returns what stops it
 */
export function sweepEnded(parts: Parts, store: HarnessStore | undefined, olderThanMs: number): Stop {
  return againAndAgain({ firstMs, everyMs: hourMs }, async () => {
    // Runs come first: a job that is known keeps its run from being taken for one that was never queued.
    for (const purge of purges(parts, store, olderThanMs)) {
      if (parts.closed.aborted) return;
      await purge().catch((error: unknown) => {
        reportProblem(parts.logger, "What ended long ago is not deleted", error);
      });
    }
  });
}

function purges(
  { outbox, closed }: Parts,
  store: HarnessStore | undefined,
  olderThanMs: number,
): readonly (() => Promise<unknown>)[] {
  const many = { olderThanMs, limit: batch };
  const ofStore = store
    ? [
        () => repeat(() => store.purgeRuns(many), closed),
        () => repeat(() => store.purgeFinishedJobs(many), closed),
      ]
    : [];
  return outbox ? [...ofStore, () => outbox.purge({ olderThanMs })] : ofStore;
}

async function repeat(purge: () => Promise<number>, closed: AbortSignal): Promise<void> {
  while ((await purge()) >= batch && !closed.aborted);
}
