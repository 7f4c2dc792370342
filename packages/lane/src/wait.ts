import type { LaneError } from "./errors.ts";

/** Where a job stands: in the queue, holding a slot, inside `yieldWhile`, or settled. */
export type JobState = "queued" | "running" | "yielded" | "ended";

/** A job as the deadlock check sees it. */
export interface WaitingJob {
  readonly jobId: string;
  readonly callerId: string | undefined;
  readonly state: JobState;
  readonly host: SlotHost;
  /** What its code waits for. */
  readonly waits?: ReadonlySet<Wait> | undefined;
  readonly rare: { waits?: Set<Wait> | undefined; waitedBy?: Set<Wait> | undefined };
}

/** A lane as the deadlock check sees it. */
export interface SlotHost {
  readonly name: string;
  /** Jobs that hold a slot, in no order. */
  readonly holders: readonly WaitingJob[];
  /** True if the cap leaves room for one more. */
  readonly hasFreeSlot: boolean;
  /** True if the caller may run no more for now. */
  isCapped(callerId: string | undefined): boolean;
}

/** One job's code waits for the end of another job. */
export interface Wait {
  readonly waiter: WaitingJob;
  readonly target: WaitingJob;
  /** Ends the wait with an error, and with it the target if the wait made it. */
  readonly refuse: (error: LaneError) => void;
  /** The wait is over, or nobody waits any more. */
  end(): void;
}
