import type { PersistenceStore } from "@executus/lane/persisted";
import type { Sabotage } from "../plan/worker-order.ts";

/** How late a row is written that was accepted already: nobody lives that long. */
const lateMs = 5_000;

/** The store, or what a faulty one or a faulty lane would make of it. */
export function sabotaged(store: PersistenceStore, sabotage: Sabotage | undefined): PersistenceStore {
  if (sabotage === undefined) return store;
  return { ...passing(store), ...faults[sabotage](store) };
}

const faults: Record<Sabotage, (store: PersistenceStore) => Partial<PersistenceStore>> = {
  "re-run": (store) => ({
    async adoptJobs(adoption) {
      const rows = await store.adoptJobs(adoption);
      return rows.map((row) => ({ ...row, state: "queued" }));
    },
    async updateJobState(move) {
      const moved = await store.updateJobState(move);
      return !moved.applied && moved.state === move.to && moved.epoch === move.epoch
        ? { applied: true }
        : moved;
    },
  }),
  "early-answer": (store) => ({
    enqueueJob: async (job) => {
      setTimeout(() => void store.enqueueJob(job), lateMs);
      return { accepted: true, sequence: 1 };
    },
    async updateJobState(move) {
      while ((await store.getJob(move.jobId)) === undefined)
        await new Promise((resolve) => setTimeout(resolve, 1));
      return store.updateJobState(move);
    },
  }),
  "no-epoch": (store) => ({
    async updateJobState(move) {
      const row = await store.getJob(move.jobId);
      return store.updateJobState({ ...move, epoch: row?.epoch ?? move.epoch });
    },
  }),
  "forget-running": (store) => ({
    async adoptJobs(adoption) {
      const rows = await store.adoptJobs(adoption);
      return rows.filter(({ state }) => state !== "running");
    },
  }),
};

function passing(store: PersistenceStore): PersistenceStore {
  return {
    enqueueJob: (job) => store.enqueueJob(job),
    updateJobState: (move) => store.updateJobState(move),
    getJob: (jobId) => store.getJob(jobId),
    listQueuedJobs: (lane, options) => store.listQueuedJobs(lane, options),
    listRunningJobs: (lane, options) => store.listRunningJobs(lane, options),
    purgeFinishedJobs: (purge) => store.purgeFinishedJobs(purge),
    raiseLease: (lane, owner) => store.raiseLease(lane, owner),
    releaseLease: (lane, owner) => store.releaseLease(lane, owner),
    listLeases: (lane) => store.listLeases(lane),
    adoptJobs: (adoption) => store.adoptJobs(adoption),
  };
}
