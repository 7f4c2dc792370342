import { z } from "zod";
import type { DeskStore } from "./open-store.ts";

/** What a harness stores of a result, as far as it matters here. */
const storedResult = z.object({ files: z.number() });

/**
 * The store, which keeps a result that has files no sooner than their reply. The harness records the result first, and takes a run
 * whose process died in between for done but for its files, which are gone: it fails. Without the result it is one that was
 * interrupted, and a review that was interrupted is started again and finds its cells.
 */
export function withLateResults(store: DeskStore): DeskStore {
  const held = new Map<string, string>();
  return {
    ...store,
    async recordRunResult(runId, result) {
      if (storedResult.parse(JSON.parse(result)).files === 0) return store.recordRunResult(runId, result);
      held.set(runId, result);
      return true;
    },
    async recordDeliveries(deliveries) {
      const recorded = await store.recordDeliveries(deliveries);
      // Of `<runId>/0`.
      for (const runId of new Set(
        deliveries.map(({ messageKey }) => messageKey.split("/", 1)[0] as string),
      )) {
        const result = held.get(runId);
        if (result !== undefined) await store.recordRunResult(runId, result);
        held.delete(runId);
      }
      return recorded;
    },
    async endRun(end) {
      const result = held.get(end.runId);
      // Another destination's conflict, or a reply that was recorded by an earlier start.
      if (result !== undefined && end.state === "finished") await store.recordRunResult(end.runId, result);
      held.delete(end.runId);
      return store.endRun(end);
    },
  };
}
