import { memoryStore, type PersistenceStore } from "../../src/persisted.ts";
import { countOf, held } from "./wrong-adoptions.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

const outlives = "what a method resolved for outlives the store, or the store keeps nothing at all";
const orphan = "a job that comes while its owner's lease goes is never without a lease";

/** Stores that look first and act later, so that another call can come in between. */
export const wrongRaces: readonly WrongStore[] = [
  wrong(
    "of a start and a cancel at once exactly one is made, and whoever asked for the other learns it",
    "looks first and moves later",
    moveByLook,
  ),
  wrong(
    "of an end and a requeue at once exactly one is made, and a requeue raises once",
    "looks first and moves later",
    moveByLook,
  ),
  wrong(
    "of an end and an adoption at once exactly one gets the job",
    "looks first and moves later",
    moveByLook,
  ),
  wrong(
    "raiseLease() many times at once gives every call a count of its own",
    "reads first and raises later",
    (inner) => ({
      raiseLease: async (lane, owner) => {
        const count = await countOf(inner, lane, owner);
        await inner.raiseLease(lane, owner);
        return count + 1;
      },
    }),
  ),
  wrong(
    "two that adopt at once share no job and leave none behind",
    "looks first and adopts later",
    (inner) => ({
      adoptJobs: async (adoption) => {
        const { lane, from, to, limit } = adoption;
        const rows = (await held(inner, lane, from.owner)).slice(0, limit);
        await inner.adoptJobs(adoption);
        return rows.map((row) => ({ ...row, owner: to, epoch: row.epoch + 1 }));
      },
    }),
  ),
  wrong(
    "a sign of life and an adoption at once: whoever comes first has the jobs",
    "looks at the count first and adopts later",
    (inner) => ({
      adoptJobs: async (adoption) => {
        const { lane, from } = adoption;
        if ((await countOf(inner, lane, from.owner)) !== from.count) return [];
        const count = await countOf(inner, lane, from.owner);
        return inner.adoptJobs({ ...adoption, from: { ...from, count } });
      },
    }),
  ),
  wrong(orphan, "looks for jobs first and removes the lease of a release later", (inner) => {
    const gone = new Set<string>();
    return {
      releaseLease: async (lane, owner) => {
        if ((await held(inner, lane, owner)).length === 0) gone.add(owner);
      },
      listLeases: async (lane) => (await inner.listLeases(lane)).filter(({ owner }) => !gone.has(owner)),
    };
  }),
  wrong(orphan, "looks for jobs first and removes the lease of an adoption later", (inner) => {
    const gone = new Set<string>();
    return {
      adoptJobs: async (adoption) => {
        const { lane, from, limit } = adoption;
        const count = (await held(inner, lane, from.owner)).length;
        if (count > limit) return inner.adoptJobs(adoption);
        gone.add(from.owner);
        return inner.adoptJobs({ ...adoption, limit: Math.max(1, count) });
      },
      listLeases: async (lane) => (await inner.listLeases(lane)).filter(({ owner }) => !gone.has(owner)),
    };
  }),
  wrong("two purges at once count every ended job once", "counts first and deletes later", (inner) => {
    let ended = 0;
    return {
      updateJobState: async (move) => {
        ended += 1;
        return inner.updateJobState(move);
      },
      purgeFinishedJobs: async (purge) => {
        const count = Math.min(ended, purge.limit);
        ended -= await inner.purgeFinishedJobs(purge);
        return count;
      },
    };
  }),
  {
    title: "what a method resolved for is seen by every later call of another process",
    does: "shows another process nothing",
    open: async () => ({ store: memoryStore(), second: async () => memoryStore(), close: async () => {} }),
  },
  {
    title: outlives,
    does: "has lost everything when it is opened again",
    open: async () => ({ store: memoryStore(), reopen: async () => memoryStore(), close: async () => {} }),
  },
  keepsWithoutReopen(),
];

function moveByLook(inner: PersistenceStore): Partial<PersistenceStore> {
  return {
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      const moved = await inner.updateJobState(move);
      return row?.state === move.from && row.epoch === move.epoch ? { applied: true } : moved;
    },
  };
}

/** Keeps its jobs, and does not let the suite open them again. */
function keepsWithoutReopen(): WrongStore {
  const store = memoryStore();
  const open = async () => ({ store, close: async () => {} });
  return { title: outlives, does: "keeps its jobs and cannot be asked to open them again", open };
}
