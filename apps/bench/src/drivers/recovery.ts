import { openStoredLane } from "../contestants/stored-lane.ts";
import { copyOf, queuedRows } from "../contestants/stored-rows.ts";
import { trivialWork } from "../contestants/contestant.ts";
import { watchStalls } from "../measure/stall.ts";

/** What is measured of a recovery. */
export const recoveryColumns = ["ms", "longest stall ms"];

/** Takes over what a process left that has let go: until every job waits in the lane, and how long the event loop stood. */
export async function recoverLane(count: number): Promise<readonly [ms: number, longestStallMs: number]> {
  const { lane, close } = await openStoredLane({
    maxConcurrent: 0,
    prepare: copyOf(queuedRows, count),
    found: trivialWork,
  });
  try {
    const stalls = watchStalls();
    const startMs = performance.now();
    const { resubmitted } = await lane.recover();
    const figures = [performance.now() - startMs, stalls()] as const;
    if (resubmitted.length === count) return figures;
    throw new Error(`Cannot measure a recovery: ${resubmitted.length} jobs came back of ${count}`);
  } finally {
    await close();
  }
}
