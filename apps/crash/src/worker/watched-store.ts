import type { JobMove, PersistenceStore } from "@executus/lane/persisted";
import type { Journal } from "../ledger/journal.ts";
import type { Step } from "../plan/points.ts";
import type { CrashPoints } from "./crash-points.ts";

/** A call that is on its way is cut off so many milliseconds after it was made, at most. */
const duringMs = 3;

/** The store, with a crash point before, during and after each step, and a note of each end that it confirms. */
export function watchedStore(
  inner: PersistenceStore,
  points: CrashPoints,
  journal: Journal,
): PersistenceStore {
  async function pass<Answer>(step: Step, call: () => Promise<Answer>): Promise<Answer> {
    points.reach(`${step}:before`);
    const answer = call();
    points.reachSoon(`${step}:during`, duringMs);
    const value = await answer;
    points.reach(`${step}:after`);
    return value;
  }
  return {
    enqueueJob: (job) => pass("enqueue", () => inner.enqueueJob(job)),
    async updateJobState(move) {
      const { jobId, to, epoch } = move;
      const moved = await pass(stepOf(move), () => inner.updateJobState(move));
      if (moved.applied && to !== "running" && to !== "queued") journal.note("ended", jobId, to, epoch);
      return moved;
    },
    getJob: (jobId) => inner.getJob(jobId),
    listQueuedJobs: (lane, options) => inner.listQueuedJobs(lane, options),
    listRunningJobs: (lane, options) => inner.listRunningJobs(lane, options),
    purgeFinishedJobs: (purge) => inner.purgeFinishedJobs(purge),
    raiseLease: (lane, owner) => pass("raise", () => inner.raiseLease(lane, owner)),
    releaseLease: (lane, owner) => pass("release", () => inner.releaseLease(lane, owner)),
    listLeases: (lane) => pass("leases", () => inner.listLeases(lane)),
    adoptJobs: (adoption) => pass("adopt", () => inner.adoptJobs(adoption)),
  };
}

function stepOf({ to, reason }: JobMove): Step {
  if (to === "queued") return "requeued";
  return to === "failed" && reason === "interrupted" ? "interrupted" : to;
}
