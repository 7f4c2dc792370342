/** Why a tool did not do its work: what the model reads as its result. */
export interface ToolRefusal {
  readonly ok: false;
  readonly code: string;
  /** For the model: names no internals. */
  readonly message: string;
  /** True where the same call may succeed later without a change to it. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly limit?: number;
  readonly observed?: number;
}

/** The codes of Executus: their messages are made to be read by a model. */
const ours = /^(?:AI|ATTACH|CONFIG|DELIVER|FANOUT|GUARD|HARNESS|IDENTITY|LANE|RUN|STORE)(?:_[A-Z0-9]+)+$/;

type Details = { readonly [Name in Exclude<keyof ToolRefusal, "ok" | "message">]?: unknown };

/** The refusal that an error carries, or `undefined` for an error of somebody else. */
export function refusalOf(error: unknown): ToolRefusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message, retryable, retryAfterMs, limit, observed } = error as Error & Details;
  if (typeof code !== "string" || !ours.test(code)) return undefined;
  return {
    ok: false,
    code,
    message,
    retryable: retryable === true,
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
    ...(typeof limit === "number" ? { limit } : {}),
    ...(typeof observed === "number" ? { observed } : {}),
  };
}
