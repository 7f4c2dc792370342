/** The contract: codes never change within a major version, messages may. */
export type LaneErrorCode =
  | "LANE_CLOSED"
  | "LANE_DUPLICATE"
  | "LANE_CANCELLED"
  | "LANE_NOT_QUEUED"
  | "LANE_UNKNOWN_JOB";

/** Every refusal and every end that the lane itself decided. A job's own failure passes through unwrapped. */
export class LaneError extends Error {
  override readonly name = "LaneError";
  readonly code: LaneErrorCode;
  /** True where the same call may succeed later without a change to it. */
  readonly retryable: boolean;

  constructor(code: LaneErrorCode, message: string, retryable = false) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}
