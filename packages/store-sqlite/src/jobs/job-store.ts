import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import { createAdopt } from "./adopt-jobs.ts";
import { createEnqueue } from "./enqueue-job.ts";
import { createGetJob } from "./get-job.ts";
import type {
  Adoption,
  Enqueued,
  JobMove,
  JobRow,
  Lease,
  ListOptions,
  Moved,
  NewJobRow,
  Purge,
} from "./job.ts";
import { Leases } from "./leases.ts";
import { createListJobs } from "./list-jobs.ts";
import { createPurge } from "./purge-jobs.ts";
import { Sequences } from "../database/sequences.ts";
import { createUpdateJobState } from "./update-job-state.ts";

/** Keeps the jobs of persisted lanes: a `PersistenceStore` of `@executus/lane/persisted`, where the contract is written. */
export interface JobStore {
  enqueueJob(job: NewJobRow): Promise<Enqueued>;
  updateJobState(move: JobMove): Promise<Moved>;
  getJob(jobId: string): Promise<JobRow | undefined>;
  listQueuedJobs(lane: string, options?: ListOptions): Promise<JobRow[]>;
  listRunningJobs(lane: string, options?: ListOptions): Promise<JobRow[]>;
  purgeFinishedJobs(purge: Purge): Promise<number>;
  raiseLease(lane: string, owner: string): Promise<number>;
  releaseLease(lane: string, owner: string): Promise<void>;
  listLeases(lane: string): Promise<Lease[]>;
  adoptJobs(adoption: Adoption): Promise<JobRow[]>;
}

export function createJobStore(database: DatabaseSync, queue: OperationQueue): JobStore {
  const leases = new Leases(database);
  const sequences = new Sequences(database, "jobs", "sequence");
  const enqueue = createEnqueue(database, leases, sequences);
  const update = createUpdateJobState(database);
  const get = createGetJob(database);
  const listQueued = createListJobs(database, 0);
  const listRunning = createListJobs(database, 1);
  const purge = createPurge(database, sequences);
  const adopt = createAdopt(database, leases);

  return {
    enqueueJob: (job) => queue.write(() => enqueue(job)),
    updateJobState: (move) => queue.write(() => update(move)),
    getJob: (jobId) => queue.read(() => get(jobId)),
    listQueuedJobs: (lane, options = {}) => queue.readInSteps(() => listQueued(lane, options)),
    listRunningJobs: (lane, options = {}) => queue.readInSteps(() => listRunning(lane, options)),
    purgeFinishedJobs: (all) => queue.writeInSteps(() => purge(all)),
    raiseLease: (lane, owner) => queue.write(() => leases.prepareRaise(lane, owner)),
    releaseLease: (lane, owner) => queue.write(() => leases.prepareRelease(lane, owner)),
    listLeases: (lane) => queue.read(() => leases.prepareList(lane)),
    adoptJobs: (adoption) => queue.writeInSteps(() => adopt(adoption)),
  };
}
