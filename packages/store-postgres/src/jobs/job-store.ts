import type { Database } from "../database/database.ts";
import { type Adoption, adoptJobs, type Lease } from "./adopt-jobs.ts";
import {
  checkAdoption,
  checkJobId,
  checkLane,
  checkLease,
  checkList,
  checkMove,
  checkNewJob,
  checkPurge,
} from "./check-job.ts";
import { enqueueBatch, type Enqueued } from "./enqueue-jobs.ts";
import { getJob } from "./get-job.ts";
import { type ListOptions, listJobs } from "./list-jobs.ts";
import { listLeases } from "./list-leases.ts";
import { moveBatch, type JobMove, type Moved } from "./move-jobs.ts";
import { purgeJobs, type Purge } from "./purge-jobs.ts";
import { raiseLease } from "./raise-lease.ts";
import { releaseLease } from "./release-lease.ts";
import type { JobRow, NewJobRow } from "./rows.ts";

/** The jobs of any number of lanes: the methods that a persisted lane asks of its store. */
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

/** Checks what it is given, then hands it on before the first `await`, so that calls keep their order. */
export function jobStore(database: Database): JobStore {
  const enqueues = enqueueBatch(database);
  const moves = moveBatch(database);
  const list = async (state: "queued" | "running", lane: string, options: ListOptions): Promise<JobRow[]> => {
    checkList(lane, options);
    return database.call("Cannot list jobs", () => listJobs(database, state, lane, options));
  };
  return {
    async enqueueJob(given) {
      checkNewJob(given);
      const { metadata, ...job } = given;
      const metadataHex = Buffer.from(metadata.buffer, metadata.byteOffset, metadata.length).toString("hex");
      return database.call("Cannot enqueue job", () => enqueues.add({ ...job, metadataHex }));
    },
    async updateJobState(move) {
      checkMove(move);
      return database.call("Cannot move job", () => moves.add({ ...move }));
    },
    async getJob(jobId) {
      checkJobId(jobId);
      return database.call("Cannot get job", () => getJob(database, jobId));
    },
    listQueuedJobs: (lane, options = {}) => list("queued", lane, options),
    listRunningJobs: (lane, options = {}) => list("running", lane, options),
    async purgeFinishedJobs(purge) {
      checkPurge(purge);
      return database.call("Cannot purge jobs", () => purgeJobs(database, purge));
    },
    async raiseLease(lane, owner) {
      checkLease(lane, owner, "Cannot raise lease");
      return database.call("Cannot raise lease", () => raiseLease(database, lane, owner));
    },
    async releaseLease(lane, owner) {
      checkLease(lane, owner, "Cannot release lease");
      return database.call("Cannot release lease", () => releaseLease(database, lane, owner));
    },
    async listLeases(lane) {
      checkLane(lane, "Cannot list leases");
      return database.call("Cannot list leases", () => listLeases(database, lane));
    },
    async adoptJobs(adoption) {
      checkAdoption(adoption);
      return database.call("Cannot adopt jobs", () => adoptJobs(database, adoption));
    },
  };
}
