import type { Kind } from "../measure/case.ts";
import type { Work } from "./contestant.ts";

/** A job as it is stored. */
export interface DurableOrder {
  /** Unique in its queue. */
  readonly id: string;
  readonly metadata: Uint8Array;
}

/** A queue that has each step of a job stored before it is taken: queued, running, finished. */
export interface DurableQueue {
  /** Settles once the job's end is stored. */
  add(work: Work, order: DurableOrder): Promise<unknown>;
  /** Closes it and removes what it stored. */
  readonly close: () => Promise<void>;
}

/** A durable queue under test. */
export interface DurableContestant {
  readonly name: string;
  readonly kind: Kind;
  readonly note?: string | undefined;
  /** A new and empty one. */
  open(concurrency: number): Promise<DurableQueue>;
}
