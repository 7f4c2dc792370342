/** The contract: codes never change within a major version, messages may. */
export type AiErrorCode =
  | "AI_AGENT_FAILED"
  | "AI_BUDGET"
  | "AI_FILE_FAILED"
  | "AI_HELD_TOO_LONG"
  | "AI_OUTPUT"
  | "AI_STREAM_IDLE";

export interface AiErrorDetails {
  /** True where the same call may succeed later without a change to it. @default false */
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The bound that was hit, and what was there. */
  readonly limit?: number | undefined;
  readonly observed?: number | undefined;
  /** Of `AI_OUTPUT`: the model's last answer. */
  readonly text?: string | undefined;
  /** Of `AI_OUTPUT`: what all tries used together, where the provider says. */
  readonly tokens?: number | undefined;
  readonly cause?: unknown;
}

/** What this package itself decided. What models, lanes, agents and policies throw passes through unwrapped. */
export class AiError extends Error {
  override readonly name = "AiError";
  readonly code: AiErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly limit: number | undefined;
  readonly observed: number | undefined;
  readonly text: string | undefined;
  readonly tokens: number | undefined;

  constructor(code: AiErrorCode, message: string, details: AiErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.limit = details.limit;
    this.observed = details.observed;
    this.text = details.text;
    this.tokens = details.tokens;
  }
}
