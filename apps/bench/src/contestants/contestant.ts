import type { Kind } from "../measure/case.ts";

/** A job: what it does costs as little as an async function can. */
export type Work = () => Promise<void>;

/** Who asks for a job, and how urgently. A contestant takes from it what it knows. */
export interface Order {
  readonly callerId: string;
  /** 0 to 9, higher goes first. */
  readonly priority: number;
  readonly signal?: AbortSignal | undefined;
}

/** What all queues can do. */
export interface Queue {
  /** Settles with the job. */
  add(work: Work, order: Order): Promise<unknown>;
}

/** A queue under test. */
export interface Contestant {
  readonly name: string;
  readonly kind: Kind;
  /** The most jobs that it gets done in a bearable time. @default Infinity */
  readonly maxJobs?: number | undefined;
  readonly note?: string | undefined;
  open(concurrency: number): Queue;
}

/** The work of every job that only has to be done. */
export const trivialWork: Work = async () => {};
