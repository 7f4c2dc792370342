/** Codes of this package; all others of a lane are those of `LaneError`. */
export type BullmqLaneErrorCode = "LANE_INTERRUPTED" | "LANE_LOST" | "LANE_NOT_REBUILT";

/** What can become of a job only where another process runs it, or Redis keeps it. */
export class BullmqLaneError extends Error {
  override readonly name = "BullmqLaneError";
  readonly code: BullmqLaneErrorCode;
  /** The job has ended: only its caller can say if it may be done again. */
  readonly retryable = false;

  constructor(code: BullmqLaneErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
