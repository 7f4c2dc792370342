import type { RunFailure } from "./store/run-store.ts";

/** The contract: codes never change within a major version, messages may. */
export type HarnessErrorCode =
  | "HARNESS_AGENT_FAILED"
  | "HARNESS_CANCELLED"
  | "HARNESS_CLOSED"
  | "HARNESS_ENDED_ELSEWHERE"
  | "HARNESS_INPUT"
  | "HARNESS_INTERRUPTED"
  | "HARNESS_NO_OUTBOX"
  | "HARNESS_OUTPUT"
  | "HARNESS_PARENT_INTERRUPTED"
  | "HARNESS_RUN_CANCELLED"
  | "HARNESS_RUN_FAILED"
  | "HARNESS_STORE_UNKNOWN"
  | "HARNESS_UNKNOWN_AGENT";

export interface HarnessErrorDetails {
  /** True where the same call may succeed later without a change to it. @default false */
  readonly retryable?: boolean | undefined;
  /** Of a run that ended in another process or before a restart: what is stored of that. */
  readonly failure?: RunFailure | undefined;
  readonly cause?: unknown;
}

/** What the harness itself decided. What an agent, a lane, the guard or a policy throws passes through unwrapped. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;
  readonly retryable: boolean;
  readonly failure: RunFailure | undefined;

  constructor(code: HarnessErrorCode, message: string, details: HarnessErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.failure = details.failure;
  }
}

export function harnessClosed(action: string): HarnessError {
  return new HarnessError("HARNESS_CLOSED", `Cannot ${action}: the harness closes or is closed`);
}
