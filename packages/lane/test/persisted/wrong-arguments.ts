import type { PersistenceStore } from "../../src/persisted.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

type Method = keyof PersistenceStore;

/** The methods that each test of bad arguments is about, and an answer that takes nothing amiss. */
const tests: readonly { readonly title: string; readonly methods: Partial<Record<Method, unknown>> }[] = [
  {
    title: "enqueueJob() refuses a bad argument by its name and changes nothing",
    methods: { enqueueJob: { accepted: true, sequence: 1 } },
  },
  {
    title: "updateJobState() refuses a bad argument by its name and changes nothing",
    methods: { updateJobState: { applied: false } },
  },
  { title: "getJob() refuses a bad id by its name", methods: { getJob: undefined } },
  {
    title: "listQueuedJobs() and listRunningJobs() refuse a bad argument by its name",
    methods: { listQueuedJobs: [], listRunningJobs: [] },
  },
  {
    title: "purgeFinishedJobs() refuses a bad argument by its name and changes nothing",
    methods: { purgeFinishedJobs: 0 },
  },
  {
    title:
      "raiseLease(), releaseLease() and listLeases() refuse a bad argument by its name and change nothing",
    methods: { raiseLease: 1, releaseLease: undefined, listLeases: [] },
  },
  {
    title: "adoptJobs() refuses a bad argument by its name and changes nothing",
    methods: { adoptJobs: [] },
  },
];

export const wrongArguments: readonly WrongStore[] = [
  ...tests.flatMap(({ title, methods }) =>
    Object.entries(methods).flatMap(([name, answer]) => {
      const method = name as Method;
      return [
        wrong(title, `takes anything for ${method}()`, (inner) => catching(inner, method, () => answer)),
        wrong(title, `does not name the argument of ${method}()`, (inner) =>
          catching(inner, method, () => Promise.reject(new TypeError("bad"))),
        ),
        wrong(title, `has errors of its own in ${method}()`, (inner) =>
          catching(inner, method, (error) => Promise.reject(new Error(String(error)))),
        ),
      ];
    }),
  ),
  wrong("getJob() refuses a bad id by its name", "throws at once", (inner) => ({
    getJob: (jobId) => {
      if (jobId === "") throw new TypeError("Cannot get job: 'jobId' is empty");
      return inner.getJob(jobId);
    },
  })),
  wrong(titleOf("enqueueJob"), "writes first and complains later", (inner) => ({
    enqueueJob: async (job) => {
      if (Number.isNaN(job.priority)) await inner.enqueueJob({ ...job, priority: 0 });
      return inner.enqueueJob(job);
    },
  })),
  wrong(titleOf("updateJobState"), "moves first and complains later", (inner) => ({
    updateJobState: async (move) => {
      if (move.reason !== undefined) await inner.updateJobState({ ...move, reason: "" }).catch(() => {});
      return inner.updateJobState(move);
    },
  })),
  wrong(titleOf("purgeFinishedJobs"), "deletes first and complains later", (inner) => ({
    purgeFinishedJobs: async (purge) => {
      await inner.purgeFinishedJobs({ ...purge, limit: 1 }).catch(() => {});
      return inner.purgeFinishedJobs(purge);
    },
  })),
  wrong(titleOf("raiseLease"), "raises first and complains later", (inner) => ({
    raiseLease: async (lane, owner) => {
      for (const lease of lane === "" ? [] : await inner.listLeases(lane))
        await inner.raiseLease(lane, lease.owner);
      return inner.raiseLease(lane, owner);
    },
  })),
  wrong(titleOf("adoptJobs"), "adopts first and complains later", (inner) => ({
    adoptJobs: async (adoption) => {
      await inner.adoptJobs({ ...adoption, limit: 1 }).catch(() => {});
      return inner.adoptJobs(adoption);
    },
  })),
  wrong(titleOf("adoptJobs"), "lets an owner adopt from itself", (inner) => ({
    adoptJobs: async (adoption) => (adoption.to === adoption.from.owner ? [] : inner.adoptJobs(adoption)),
  })),
];

function titleOf(method: Method): string {
  return tests.find(({ methods }) => method in methods)?.title ?? "";
}

function catching(
  inner: PersistenceStore,
  method: Method,
  answer: (error: unknown) => unknown,
): Partial<PersistenceStore> {
  const call = (...given: unknown[]): Promise<unknown> => {
    const answered: Promise<unknown> = Reflect.apply(inner[method], inner, given);
    return answered.catch(answer);
  };
  return { [method]: call };
}
