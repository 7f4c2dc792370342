/** Where a persisted job stands. The last three are ends: nothing leaves them. */
export type PersistedState = "queued" | "running" | "finished" | "cancelled" | "failed";

/** A job as its owner hands it to the store. */
export interface NewJobRow {
  /** Unique in the store, over all its lanes. */
  readonly jobId: string;
  readonly lane: string;
  /** The process that holds the job: an id that no other process or boot ever uses. */
  readonly owner: string;
  readonly callerId?: string | undefined;
  /** Finite. */
  readonly priority: number;
  /** Finite, above 0. */
  readonly weight: number;
  /** How long its code may run, in milliseconds: finite, above 0; `undefined` is no limit. */
  readonly timeoutMs?: number | undefined;
  /** Which handler can build the job again after a restart. */
  readonly name?: string | undefined;
  /** The payload for that handler, kept byte for byte; without one it is empty. */
  readonly metadata: Uint8Array;
}

/** A job as the store keeps it. Instants are epoch milliseconds by the store's own clock: shown to people, never compared. */
export interface JobRow extends NewJobRow {
  /** Order of acceptance in the store, from 1 on; it only grows, also past purged rows. */
  readonly sequence: number;
  /**
   * 1 at first; raised by one whenever the row changes hands or goes back to the queue. Whoever knows an older one is
   * fenced.
   */
  readonly epoch: number;
  readonly state: PersistedState;
  /** Why it failed or was cancelled: the reason of the last move, none if that had none. */
  readonly reason?: string | undefined;
  /** How often it went back from running to queued. */
  readonly interruptions: number;
  readonly enqueuedAt: number;
  /** Only of a row that runs, or that ran when it ended. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** What `enqueueJob` found: the row is there, or its id was taken. */
export type Enqueued =
  | { readonly accepted: true; readonly sequence: number }
  | { readonly accepted: false; readonly lane: string; readonly state: PersistedState };

/** One step of a job. Legal: queued to running, cancelled or failed; running to an end; running back to queued. */
export interface JobMove {
  readonly jobId: string;
  /** The epoch at which the mover holds the job. */
  readonly epoch: number;
  readonly from: "queued" | "running";
  readonly to: PersistedState;
  readonly reason?: string | undefined;
}

/**
 * What a move found. `applied` is true also when the very same move (by epoch, from and to) had been made before and the row
 * still stands where that left it; then nothing changes, not even the reason.
 */
export type Moved =
  | { readonly applied: true }
  /** Somebody else holds the job, or it is elsewhere; both are `undefined` if there is no such job. */
  | {
      readonly applied: false;
      readonly state?: PersistedState | undefined;
      readonly epoch?: number | undefined;
    };

/** The sign of life of one owner of jobs in a lane. */
export interface Lease {
  readonly owner: string;
  /** Raised by its owner again and again; 0 says that the owner has let go of everything. */
  readonly count: number;
}

export interface ListOptions {
  /** Only rows of this owner. */
  readonly owner?: string | undefined;
  /** Only rows behind this one. @default 0 */
  readonly afterSequence?: number | undefined;
  /** At most so many rows, at least 1; `Infinity` is no limit. @default 1_000 */
  readonly limit?: number | undefined;
}

export interface Adoption {
  readonly lane: string;
  /** The lease that was seen to stand still, or to be 0. */
  readonly from: Lease;
  /** The new owner, another one. */
  readonly to: string;
  /** At most so many rows, at least 1; `Infinity` is no limit. */
  readonly limit: number;
}

export interface Purge {
  /**
   * Only jobs that ended at least so long ago by the store's clock, in milliseconds; 0 purges every ended job,
   * `Infinity` none.
   */
  readonly olderThanMs: number;
  /** At most so many rows, at least 1; `Infinity` is no limit. */
  readonly limit: number;
}

/**
 * Seam: where a persisted lane keeps its jobs. One store may serve many lanes and many processes.
 *
 * Contract, checked by `persistenceStoreConformance`:
 * - What a method resolved for is durable, and seen by every later call of every process. A method that rejects may have
 *   done its work or not; the same call again finds out. An error whose `retryable` is `false` says that nothing was done
 *   and that trying again is of no use.
 * - No method takes an instant or compares one that it was given; the store stamps rows by its own clock.
 * - Rows come back as they were given, metadata byte for byte; later changes to the caller's bytes change nothing.
 * - Rows are listed in order of `sequence`, and `sequence` follows the order of the calls of one process.
 * - Whoever owns a queued or running row has a lease in its lane, be it at 0: without one nobody could ever adopt the row.
 *   That holds also when a row comes while the lease goes.
 * - Ids, lanes, owners and names are strings that are not empty; they and reasons have no U+0000 and no lone surrogate,
 *   which databases do not keep. Two are the same if every character is.
 * - A bad argument is a `TypeError` or `RangeError` as a rejection, with the argument's name in the message, and changes
 *   nothing.
 */
export interface PersistenceStore {
  /**
   * Writes a row: queued, at epoch 1. The same id again from the same owner for the same lane, while the row is still
   * queued at epoch 1, is the first call over again, and the row stays as that wrote it. Any other id that is known is
   * taken. Makes the owner's lease, at 1, if there is none.
   */
  enqueueJob(job: NewJobRow): Promise<Enqueued>;

  /**
   * Compare-and-set on (jobId, epoch, from). To running stamps `startedAt`, to an end `endedAt`; back to queued raises
   * `epoch` and `interruptions` by one, takes `startedAt` away, and keeps owner and sequence.
   *
   * @throws {RangeError} for a step that is not legal, whatever the row; the message names both states.
   */
  updateJobState(move: JobMove): Promise<Moved>;

  /** One row, whatever its state. */
  getJob(jobId: string): Promise<JobRow | undefined>;

  listQueuedJobs(lane: string, options?: ListOptions): Promise<JobRow[]>;
  listRunningJobs(lane: string, options?: ListOptions): Promise<JobRow[]>;

  /** Deletes ended jobs, the longest ended first, and resolves with their number. Touches nothing queued or running. */
  purgeFinishedJobs(purge: Purge): Promise<number>;

  /** Raises the owner's lease by one, from 0 if there is none, and resolves with the new count. */
  raiseLease(lane: string, owner: string): Promise<number>;

  /** Sets the owner's lease to 0, or removes it if the owner has nothing queued or running. */
  releaseLease(lane: string, owner: string): Promise<void>;

  /** The leases of a lane, in no order. */
  listLeases(lane: string): Promise<Lease[]>;

  /**
   * If the lease still has that count: hands the oldest of its owner's queued and running rows to the new owner, each with
   * its epoch raised by one, and resolves with them as they are now, in order of `sequence`. Makes the new owner's lease, at
   * 1, if it got rows and there is none. Removes the old lease in the call that leaves nothing. If the count is another by
   * now, or there is no such lease, changes nothing and resolves with no rows.
   */
  adoptJobs(adoption: Adoption): Promise<JobRow[]>;
}
