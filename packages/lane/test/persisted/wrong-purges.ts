import type { JobRow, PersistenceStore } from "../../src/persisted.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

const all = "purgeFinishedJobs() with olderThanMs 0 deletes every ended job and resolves with their number";
const first = "purgeFinishedJobs() deletes the longest ended first, no more than the limit";
const keeps = "purgeFinishedJobs() keeps what ended not so long ago, with Infinity everything";

export const wrongPurges: readonly WrongStore[] = [
  wrong(all, "keeps for a minute what should go at once", (inner) => ({
    purgeFinishedJobs: async (purge) =>
      inner.purgeFinishedJobs({ ...purge, olderThanMs: purge.olderThanMs || 60_000 }),
  })),
  wrong(all, "takes limit Infinity for 3", (inner) => ({
    purgeFinishedJobs: async (purge) =>
      inner.purgeFinishedJobs({ ...purge, limit: Math.min(purge.limit, 3) }),
  })),
  wrong(all, "says that it purged nothing", (inner) => ({
    purgeFinishedJobs: async (purge) => {
      await inner.purgeFinishedJobs(purge);
      return 0;
    },
  })),
  wrong(all, "keeps what never ran", (inner) => {
    const neverRan = new Set<string>();
    return {
      updateJobState: async (move) => {
        const moved = await inner.updateJobState(move);
        if (move.from === "queued" && move.to !== "running") neverRan.add(move.jobId);
        return moved;
      },
      purgeFinishedJobs: async (purge) => (await inner.purgeFinishedJobs(purge)) - neverRan.size,
    };
  }),
  ...(["listQueuedJobs", "listRunningJobs"] as const).map((method) =>
    wrong(
      "purgeFinishedJobs() never touches a queued or running job",
      `also purges what ${method}() lists`,
      (inner) => {
        const lanes = new Set<string>();
        return {
          enqueueJob: async (job) => {
            lanes.add(job.lane);
            return inner.enqueueJob(job);
          },
          purgeFinishedJobs: async (purge) => {
            const rows = await Promise.all([...lanes].map((lane) => inner[method](lane)));
            for (const { jobId, epoch, state } of rows.flat()) {
              const from = state === "running" ? state : "queued";
              await inner.updateJobState({ jobId, epoch, from, to: "failed" });
            }
            return inner.purgeFinishedJobs(purge);
          },
        };
      },
    ),
  ),
  wrong(first, "deletes the oldest first", (inner) => purgeBy(inner, ({ sequence }) => sequence)),
  wrong(first, "deletes the longest started first", (inner) =>
    purgeBy(inner, ({ startedAt = 0 }) => startedAt),
  ),
  wrong(first, "deletes the last ended first", (inner) => purgeBy(inner, ({ endedAt = 0 }) => -endedAt)),
  wrong(first, "does not look at the limit", (inner) => ({
    purgeFinishedJobs: async (purge) =>
      inner.purgeFinishedJobs({ ...purge, limit: Number.POSITIVE_INFINITY }),
  })),
  wrong(keeps, "takes Infinity for 0", (inner) => ({
    purgeFinishedJobs: async ({ olderThanMs, limit }) =>
      inner.purgeFinishedJobs({ olderThanMs: Number.isFinite(olderThanMs) ? olderThanMs : 0, limit }),
  })),
  wrong(keeps, "takes olderThanMs for what may stay", (inner) => ({
    purgeFinishedJobs: async ({ limit }) => inner.purgeFinishedJobs({ olderThanMs: 0, limit }),
  })),
  wrong("a purged id can be enqueued again, as a new job", "takes an id for ever", (inner) => {
    const known = new Map<string, string>();
    return {
      enqueueJob: async (job) => {
        const owner = known.get(job.jobId) ?? job.owner;
        known.set(job.jobId, owner);
        if (owner !== job.owner) return { accepted: false, lane: job.lane, state: "finished" };
        return inner.enqueueJob(job);
      },
    };
  }),
];

/** Purges in another order: the lowest rank first. */
function purgeBy(inner: PersistenceStore, rank: (row: JobRow) => number): Partial<PersistenceStore> {
  const left = new Set<string>();
  return {
    enqueueJob: async (job) => {
      left.add(job.jobId);
      return inner.enqueueJob(job);
    },
    getJob: async (jobId) => (left.has(jobId) ? inner.getJob(jobId) : undefined),
    purgeFinishedJobs: async ({ limit }) => {
      const rows = (await Promise.all([...left].map((jobId) => inner.getJob(jobId)))).flatMap(
        (row) => row ?? [],
      );
      const ended = rows.filter(({ endedAt }) => endedAt !== undefined);
      const purged = ended.sort((one, other) => rank(one) - rank(other)).slice(0, limit);
      for (const { jobId } of purged) left.delete(jobId);
      return purged.length;
    },
  };
}
