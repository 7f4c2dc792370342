import type { DeskClient } from "./desk-client.ts";

/**
 * Resolves when so many different cells of a run's review have ended, in whatever order, and however often each is told.
 *
 * @param which the cells that count; the review's are those of the second grid
 */
export async function cellsDone(
  client: DeskClient,
  runId: string,
  count: number,
  which = /^2\//,
): Promise<void> {
  const done = new Set<string>();
  for await (const { data } of client.events(runId)) {
    if (data.type === "cell-ended" && which.test(data.cell)) done.add(data.cell);
    if (done.size === count) return;
  }
  throw new Error(`the events of ${runId} ended after ${done.size} of ${count} cells`);
}
