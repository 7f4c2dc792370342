/** What a slot is given by its lane. */
export interface SlotJob {
  /** Aborts with the call's own signal, and when the lane closes and its grace has passed. */
  readonly signal: AbortSignal;
  /** Replaces the estimate in the lane's rate windows. */
  readonly settleWeight: (actual: number) => void;
}

export interface SlotOptions {
  readonly callerId?: string | undefined;
  readonly priority?: number | undefined;
  readonly weight?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Seam: where model calls take their slots. The lanes of `@executus/lane` are such.
 *
 * Contract:
 * - `run` calls the work when a slot is free, and holds the slot until what it returns has settled.
 * - An abort of `signal` while it waits rejects at once with the signal's reason, and the work is never called.
 * - `holdUntil` starts nothing before that instant, in epoch milliseconds.
 */
export interface ModelLane {
  run<T>(work: (job: SlotJob) => T | PromiseLike<T>, options?: SlotOptions): Promise<T>;
  holdUntil(at: number, reason: string): Promise<void>;
}
