/** The contract: codes never change within a major version, messages may. */
export type LaneErrorCode =
  | "LANE_ABORTED"
  | "LANE_CANCELLED"
  | "LANE_CAP_BOUND"
  | "LANE_CLOSED"
  | "LANE_DEADLOCK"
  | "LANE_DUPLICATE"
  | "LANE_FENCED"
  | "LANE_FULL"
  | "LANE_NOT_QUEUED"
  | "LANE_NOT_RUNNING"
  | "LANE_STORE_UNKNOWN"
  | "LANE_TIMEOUT"
  | "LANE_TOO_HEAVY"
  | "LANE_UNKNOWN_JOB"
  | "LANE_UNSUPPORTED";

/** One job of a chain of waits. */
export interface ChainLink {
  readonly lane: string;
  readonly jobId: string;
}

export interface LaneErrorDetails {
  /** True where the same call may succeed later without a change to it. @default false */
  readonly retryable?: boolean | undefined;
  /** The bound that was hit, and what was there. */
  readonly limit?: number | undefined;
  readonly observed?: number | undefined;
  /** Of `LANE_DEADLOCK`: from the job that waits to the one that holds what it waits for. */
  readonly chain?: readonly ChainLink[] | undefined;
  /** Where the job stands that the call was about. */
  readonly state?: string | undefined;
  /** Of `LANE_CLOSED`: the job is stored and starts after the next boot. */
  readonly survives?: boolean | undefined;
  readonly cause?: unknown;
}

/** Every refusal and every end that the lane itself decided. A job's own failure passes through unwrapped. */
export class LaneError extends Error {
  override readonly name = "LaneError";
  readonly code: LaneErrorCode;
  readonly retryable: boolean;
  readonly limit: number | undefined;
  readonly observed: number | undefined;
  readonly chain: readonly ChainLink[] | undefined;
  readonly state: string | undefined;
  readonly survives: boolean | undefined;

  constructor(code: LaneErrorCode, message: string, details: LaneErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.limit = details.limit;
    this.observed = details.observed;
    this.chain = details.chain;
    this.state = details.state;
    this.survives = details.survives;
  }
}
