import type { RunPurge, RunRow, RunStore, StoredRunEvent } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore } from "./wrong-run-store.ts";

const all =
  "purgeRuns() with olderThanMs 0 deletes every tree whose root has ended and resolves with their number";
const belongings = "purgeRuns() deletes events and cells with their runs";
const open = "purgeRuns() never touches a tree whose root is open";
const first = "purgeRuns() deletes the longest ended trees first, no more than the limit";
const keeps = "purgeRuns() keeps what ended not so long ago, with Infinity everything";
const anew = "a purged id and a purged key can be used again, for a new run";

export const wrongPurges: readonly WrongRunStore[] = [
  wrong(all, "keeps for a minute what should go at once", (inner) =>
    purging(inner, (purge) => ({ ...purge, olderThanMs: purge.olderThanMs || 60_000 })),
  ),
  wrong(all, "takes limit Infinity for 2", (inner) =>
    purging(inner, (purge) => ({ ...purge, limit: Math.min(purge.limit, 2) })),
  ),
  wrong(all, "counts runs", (inner) => ({
    purgeRuns: async (purge) => {
      const before = (await inner.listRuns()).length;
      await inner.purgeRuns(purge);
      return before - (await inner.listRuns()).length;
    },
  })),
  wrong(all, "keeps the runs below a root", (inner) =>
    keepingAfterwards(inner, ({ parentRunId }) => parentRunId !== undefined),
  ),
  wrong(all, "keeps a tree in which a run is open", (inner) => ({
    purgeRuns: async (purge) => {
      const isBusy = (await inner.listRuns({ states: ["open"] })).length > 0;
      return isBusy ? 0 : inner.purgeRuns(purge);
    },
  })),
  wrong(belongings, "keeps the events", (inner) => {
    const kept = new Map<string, readonly StoredRunEvent[]>();
    return {
      purgeRuns: async (purge) => {
        for (const { runId } of await inner.listRuns()) kept.set(runId, await inner.listRunEvents(runId));
        return inner.purgeRuns(purge);
      },
      listRunEvents: async (runId, options) => [
        ...((await inner.getRun(runId))
          ? await inner.listRunEvents(runId, options)
          : (kept.get(runId) ?? [])),
      ],
    };
  }),
  wrong(belongings, "keeps the cells", (inner) => {
    const kept = new Map<string, { cell: string; value: string }[]>();
    return {
      purgeRuns: async (purge) => {
        for (const { runId } of await inner.listRuns()) kept.set(runId, await inner.listRunCells(runId));
        return inner.purgeRuns(purge);
      },
      listRunCells: async (runId) =>
        (await inner.getRun(runId)) ? inner.listRunCells(runId) : (kept.get(runId) ?? []),
    };
  }),
  wrong(open, "deletes runs that have ended below an open root", (inner) => {
    const gone = new Set<string>();
    return {
      purgeRuns: async (purge) => {
        for (const { runId } of await inner.listRuns({ states: ["finished"] })) gone.add(runId);
        return inner.purgeRuns(purge);
      },
      getRun: async (runId) => (gone.has(runId) ? undefined : inner.getRun(runId)),
    };
  }),
  wrong(open, "deletes a root with a result", (inner) => ({
    purgeRuns: async (purge) => {
      for (const { runId, result } of await inner.listRuns()) {
        if (result !== undefined) await inner.endRun({ runId, state: "finished" });
      }
      return inner.purgeRuns(purge);
    },
  })),
  wrong(first, "deletes the oldest first", (inner) => purgeBy(inner, ({ sequence }) => sequence)),
  wrong(first, "deletes the last ended first", (inner) => purgeBy(inner, ({ endedAt = 0 }) => -endedAt)),
  wrong(first, "does not look at the limit", (inner) =>
    purging(inner, (purge) => ({ ...purge, limit: Number.POSITIVE_INFINITY })),
  ),
  wrong(first, "also deletes trees whose children have ended", (inner) => ({
    purgeRuns: async (purge) => {
      const count = await inner.purgeRuns(purge);
      for (const { rootRunId } of await inner.listRuns({ states: ["finished"] })) {
        if (count < purge.limit) await inner.endRun({ runId: rootRunId, state: "finished" });
      }
      return count + (await inner.purgeRuns(purge));
    },
  })),
  wrong(keeps, "takes Infinity for 0", (inner) =>
    purging(inner, ({ olderThanMs, limit }) => ({
      olderThanMs: Number.isFinite(olderThanMs) ? olderThanMs : 0,
      limit,
    })),
  ),
  wrong(keeps, "takes olderThanMs for what may stay", (inner) =>
    purging(inner, ({ limit }) => ({ olderThanMs: 0, limit })),
  ),
  wrong(anew, "takes an id for ever", (inner) => {
    const known = new Map<string, RunRow>();
    return {
      createRun: async (run) => {
        const last = known.get(run.runId);
        if (last && !(await inner.getRun(run.runId))) return { created: false, run: last };
        const answer = await inner.createRun(run);
        known.set(run.runId, answer.run);
        return answer;
      },
    };
  }),
  wrong(anew, "takes a key for ever", (inner) => {
    const known = new Map<string, RunRow>();
    return {
      createRun: async (run) => {
        const last = known.get(run.key ?? "");
        if (last) return { created: false, run: last };
        const answer = await inner.createRun(run);
        if (run.key !== undefined) known.set(run.key, answer.run);
        return answer;
      },
    };
  }),
  wrong(anew, "finds the old events of the id", () => {
    const events: StoredRunEvent[] = [];
    return {
      appendRunEvents: async (_, given) => {
        for (const event of given) events.push({ number: events.length + 1, event });
        return events.length;
      },
      listRunEvents: async () => events,
    };
  }),
];

function purging(inner: RunStore, change: (purge: RunPurge) => RunPurge): Methods {
  return { purgeRuns: async (purge) => inner.purgeRuns(change(purge)) };
}

/** Lists some rows also after they were deleted. */
function keepingAfterwards(inner: RunStore, isKept: (row: RunRow) => boolean): Methods {
  const kept: RunRow[] = [];
  return {
    purgeRuns: async (purge) => {
      for (const row of await inner.listRuns()) if (isKept(row)) kept.push(row);
      return inner.purgeRuns(purge);
    },
    listRuns: async (filter) => [...(await inner.listRuns(filter)), ...kept],
  };
}

/** Purges in another order: the lowest rank first. */
function purgeBy(inner: RunStore, rank: (row: RunRow) => number): Methods {
  const gone = new Set<string>();
  return {
    getRun: async (runId) => (gone.has(runId) ? undefined : inner.getRun(runId)),
    purgeRuns: async ({ limit }) => {
      const roots = await inner.listRuns({ roots: true, limit: Number.POSITIVE_INFINITY });
      const ended = roots.filter(({ runId, endedAt }) => endedAt !== undefined && !gone.has(runId));
      const purged = ended.sort((one, other) => rank(one) - rank(other)).slice(0, limit);
      for (const { runId } of purged) gone.add(runId);
      return purged.length;
    },
  };
}
