import type { OpenedStore } from "../../src/conformance.ts";
import { type JobRow, memoryStore, type PersistenceStore } from "../../src/persisted.ts";

/** A store that breaks one promise of the contract, and the test of the suite that must find out. */
export interface WrongStore {
  readonly title: string;
  /** What it does, after "a store that". */
  readonly does: string;
  readonly open: () => Promise<OpenedStore>;
}

type Methods = Partial<PersistenceStore>;

/** A memory store with some methods replaced. */
export function wrong(
  title: string,
  does: string,
  replace: (inner: PersistenceStore) => Methods,
): WrongStore {
  const open = async (): Promise<OpenedStore> => {
    const inner = memoryStore();
    return { store: replaceMethods(inner, replace(inner)), close: async () => {} };
  };
  return { title, does, open };
}

/** A memory store whose rows come back changed, from every method that gives rows. */
export function wrongRows(title: string, does: string, makeChange: () => ChangeRow): WrongStore {
  return wrong(title, does, (inner) => {
    const change = makeChange();
    const changed = (row: JobRow): JobRow => ({ ...row, ...(change(row) as Partial<JobRow>) });
    return {
      getJob: async (jobId) => {
        const row = await inner.getJob(jobId);
        return row && changed(row);
      },
      listQueuedJobs: async (lane, options) => (await inner.listQueuedJobs(lane, options)).map(changed),
      listRunningJobs: async (lane, options) => (await inner.listRunningJobs(lane, options)).map(changed),
      adoptJobs: async (adoption) => (await inner.adoptJobs(adoption)).map(changed),
    };
  });
}

/** The fields that come back otherwise, with any value: a store may be wrong in its types too. */
type ChangeRow = (row: JobRow) => { readonly [Field in keyof JobRow]?: unknown };

function replaceMethods(inner: PersistenceStore, methods: Methods): PersistenceStore {
  return {
    enqueueJob: (job) => inner.enqueueJob(job),
    updateJobState: (move) => inner.updateJobState(move),
    getJob: (jobId) => inner.getJob(jobId),
    listQueuedJobs: (lane, options) => inner.listQueuedJobs(lane, options),
    listRunningJobs: (lane, options) => inner.listRunningJobs(lane, options),
    purgeFinishedJobs: (purge) => inner.purgeFinishedJobs(purge),
    raiseLease: (lane, owner) => inner.raiseLease(lane, owner),
    releaseLease: (lane, owner) => inner.releaseLease(lane, owner),
    listLeases: (lane) => inner.listLeases(lane),
    adoptJobs: (adoption) => inner.adoptJobs(adoption),
    ...methods,
  };
}
