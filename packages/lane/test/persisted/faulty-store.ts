import type { PersistenceStore } from "../../src/persisted.ts";

/** `"hang"` never answers, a number is a delay in milliseconds, an error is what the call rejects with. */
export type Trouble = "hang" | number | Error;

/** What befalls one call: before the store has done its work, or after, when only the answer is lost or late. */
export interface Fault {
  readonly before?: Trouble;
  readonly after?: Trouble;
}

/** For every method the fault of each call, counted from 1. */
export type FaultPlan = {
  readonly [Method in keyof PersistenceStore]?: (call: number) => Fault | undefined;
};

/** A store in trouble: the one given, with what the plan lets happen. Delays run on timers, so that tests can fake them. */
export function faultyStore(inner: PersistenceStore, plan: FaultPlan): PersistenceStore {
  const troubled = <Given extends unknown[], Answer>(
    method: keyof PersistenceStore,
    work: (...given: Given) => Promise<Answer>,
  ): ((...given: Given) => Promise<Answer>) => {
    let calls = 0;
    return async (...given) => {
      calls += 1;
      const { before, after } = plan[method]?.(calls) ?? {};
      // A store works on what it was given when it was called, however late it gets to it.
      const copy = structuredClone(given);
      await suffer(before);
      const answer = await work(...copy);
      await suffer(after);
      return answer;
    };
  };
  return {
    enqueueJob: troubled("enqueueJob", (job) => inner.enqueueJob(job)),
    updateJobState: troubled("updateJobState", (move) => inner.updateJobState(move)),
    getJob: troubled("getJob", (jobId) => inner.getJob(jobId)),
    listQueuedJobs: troubled("listQueuedJobs", (lane, options) => inner.listQueuedJobs(lane, options)),
    listRunningJobs: troubled("listRunningJobs", (lane, options) => inner.listRunningJobs(lane, options)),
    purgeFinishedJobs: troubled("purgeFinishedJobs", (purge) => inner.purgeFinishedJobs(purge)),
    raiseLease: troubled("raiseLease", (lane, owner) => inner.raiseLease(lane, owner)),
    releaseLease: troubled("releaseLease", (lane, owner) => inner.releaseLease(lane, owner)),
    listLeases: troubled("listLeases", (lane) => inner.listLeases(lane)),
    adoptJobs: troubled("adoptJobs", (adoption) => inner.adoptJobs(adoption)),
  };
}

/** A plan for one call: `onCall(2, { after: new Error("lost") })`. */
export function onCall(number: number, fault: Fault): (call: number) => Fault | undefined {
  return (call) => (call === number ? fault : undefined);
}

async function suffer(trouble: Trouble | undefined): Promise<void> {
  // Not even a turn of the microtask queue is lost where nothing goes wrong.
  if (trouble === undefined) return;
  if (trouble instanceof Error) throw trouble;
  if (trouble === "hang") return new Promise(() => {});
  return new Promise((resolve) => setTimeout(resolve, trouble));
}
