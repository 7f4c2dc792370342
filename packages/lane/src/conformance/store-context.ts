import assert from "node:assert/strict";
import type { JobMove, JobRow, NewJobRow, PersistenceStore } from "../persisted/persistence-store.ts";

/** A store as the suite gets it for one test. */
export interface OpenedStore {
  readonly store: PersistenceStore;
  /**
   * Opens the same data again while `store` is open, as another process would. Left out, or resolved with `store` itself,
   * by a store whose data no second process can reach.
   */
  second?(): Promise<PersistenceStore>;
  /**
   * Closes `store` and opens the same data again. Left out by a store that keeps nothing when it is closed: then the suite
   * checks that the next one does not know the jobs of this one.
   */
  reopen?(): Promise<PersistenceStore>;
  /** Closes all that was opened. The data are not needed any more. */
  close(): Promise<void>;
}

/** What one test works with: a store, and names that no other test has, in any database. */
export interface StoreContext {
  readonly opened: OpenedStore;
  readonly store: PersistenceStore;
  readonly lane: string;
  readonly owner: string;
  /** The same data as another process reaches them. */
  readonly second: () => Promise<PersistenceStore>;
  /** A name that is met nowhere else. */
  readonly unique: (kind: string) => string;
  /** A new job in the context's lane and of its owner, unless the fields say otherwise. */
  readonly newJob: (fields?: Partial<NewJobRow>) => NewJobRow;
  /** Enqueues a new job and gives its id. */
  readonly add: (fields?: Partial<NewJobRow>) => Promise<string>;
  /** Enqueues so many new jobs, one after the other. */
  readonly addMany: (count: number, fields?: Partial<NewJobRow>) => Promise<string[]>;
  /** Takes a job, held at epoch 1, from where it is queued or running to the states named, one after the other. */
  readonly move: (jobId: string, ...states: readonly JobMove["to"][]) => Promise<void>;
  /** The row of a job that must be there, as `plainRow` has it. */
  readonly row: (jobId: string) => Promise<JobRow>;
  /** The counts of the lane's leases by owner. */
  readonly leases: (lane?: string) => Promise<Record<string, number>>;
  /** Resolves when the store's clock has moved on. Nobody sleeps: the store is asked. */
  readonly clockTick: () => Promise<void>;
}

export type StoreTest = (title: string, run: (context: StoreContext) => Promise<void>) => void;

/** A row without the fields that are undefined: one store may leave them out and another may not. */
export function plainRow(row: JobRow): JobRow {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined),
  ) as unknown as JobRow;
}

export function storeContext(opened: OpenedStore): StoreContext {
  const { store } = opened;
  const suffix = crypto.randomUUID();
  let nameCount = 0;
  const unique = (kind: string): string => `${kind}-${(nameCount += 1)}-${suffix}`;
  const lane = unique("lane");
  const owner = unique("owner");

  const newJob: StoreContext["newJob"] = (fields = {}) => {
    const metadata = new Uint8Array([1, 2, 3]);
    return { jobId: unique("job"), lane, owner, priority: 0, weight: 1, metadata, ...fields };
  };
  const add: StoreContext["add"] = async (fields) => {
    const job = newJob(fields);
    const { accepted } = await store.enqueueJob(job);
    assert.ok(accepted, `the new job "${job.jobId}" was not accepted`);
    return job.jobId;
  };
  const addMany: StoreContext["addMany"] = async (count, fields) => {
    const jobIds: string[] = [];
    for (let left = count; left > 0; left -= 1) jobIds.push(await add(fields));
    return jobIds;
  };
  const row: StoreContext["row"] = async (jobId) => {
    const found = await store.getJob(jobId);
    assert.ok(found, `the job "${jobId}" is not in the store`);
    return plainRow(found);
  };
  const move: StoreContext["move"] = async (jobId, ...states) => {
    for (const to of states) {
      const { state: from, epoch } = await row(jobId);
      assert.ok(from === "queued" || from === "running", `the job "${jobId}" has ended`);
      const { applied } = await store.updateJobState({ jobId, epoch, from, to });
      assert.ok(applied, `the job "${jobId}" did not get from ${from} to ${to}`);
    }
  };
  const leases: StoreContext["leases"] = async (of = lane) =>
    Object.fromEntries((await store.listLeases(of)).map((lease) => [lease.owner, lease.count]));

  const clockTick: StoreContext["clockTick"] = async () => {
    const jobId = await add({ lane: unique("clock"), owner: unique("clock") });
    await move(jobId, "running");
    const { startedAt = Number.NaN } = await row(jobId);
    for (let tries = 0; tries < 100_000; tries += 1) {
      await move(jobId, "queued", "running");
      if (((await row(jobId)).startedAt ?? Number.NaN) > startedAt) return;
    }
    assert.fail("the store's clock stands still");
  };

  const second = async (): Promise<PersistenceStore> => (await opened.second?.()) ?? store;
  return { opened, store, second, lane, owner, unique, newJob, add, addMany, move, row, leases, clockTick };
}
