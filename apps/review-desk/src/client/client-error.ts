/**
 * - `CLIENT_UNREACHABLE`: no answer, or one that broke off. What was asked for may have been done.
 * - `CLIENT_ANSWER`: an answer that is none of the desk's.
 *
 * Any other code is the desk's own: `DESK_…`, or that of the package that refused.
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: string;
  /** Of the answer; absent if there was none. */
  readonly status: number | undefined;
  /** When the same call may work, as the desk says. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    { status, retryAfterMs, cause }: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** True if it is the asker's to mend: another try would be answered the same. */
  get isMistake(): boolean {
    return this.status !== undefined && this.status >= 400 && this.status < 500 && this.status !== 429;
  }

  /** True if the same call may be answered otherwise in a while. */
  get mayWorkLater(): boolean {
    if (this.status === undefined) return this.code === "CLIENT_UNREACHABLE";
    return this.status === 429 || this.status >= 500;
  }
}
