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
  readonly priority: number;
  readonly weight: number;
  /** How long its code may run, in milliseconds; `undefined` is no limit. */
  readonly timeoutMs?: number | undefined;
  /** Which handler can build the job again after a restart. */
  readonly name?: string | undefined;
  /** The payload for that handler, kept byte for byte; without one it is empty. */
  readonly metadata: Uint8Array;
}

/** A job as the store keeps it. Instants are epoch milliseconds by the store's own clock: shown to people, never compared. */
export interface JobRow extends NewJobRow {
  /** Order of acceptance in the store; it only grows. */
  readonly sequence: number;
  /** 1 at first; raised whenever the row changes hands or goes back to the queue. Whoever knows an older one is fenced. */
  readonly epoch: number;
  readonly state: PersistedState;
  /** Why it failed or was cancelled. */
  readonly reason?: string | undefined;
  /** How often it went back from running to queued. */
  readonly interruptions: number;
  readonly enqueuedAt: number;
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

/** What a move found. `applied` is true also when the very same move had been made before. */
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
  /** At most so many rows, at least 1; `Infinity` is all. @default 1_000 */
  readonly limit?: number | undefined;
}

export interface Adoption {
  readonly lane: string;
  /** The lease that was seen to stand still, or to be 0. */
  readonly from: Lease;
  /** The new owner. */
  readonly to: string;
  /** At most so many rows, at least 1. */
  readonly limit: number;
}

export interface Purge {
  /** Only jobs that ended at least so long ago by the store's clock, in milliseconds; 0 purges every ended job. */
  readonly olderThanMs: number;
  /** At most so many rows, at least 1. */
  readonly limit: number;
}
