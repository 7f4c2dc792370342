import { ZodError } from "zod";
import { DeskError, type DeskErrorCode } from "../desk/desk-error.ts";

/** What a client is told. */
export interface ErrorAnswer {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;
  readonly code: string;
  readonly message: string;
  /** Seconds after which the same call may work. */
  readonly retryAfter?: number;
}

const statusOfDesk: Record<DeskErrorCode, ErrorAnswer["status"]> = {
  DESK_BODY: 400,
  DESK_CLOSING: 503,
  DESK_DESTINATION: 400,
  DESK_INPUT: 400,
  DESK_INTERNAL: 500,
  DESK_JSON: 400,
  DESK_LANE: 404,
  DESK_MODEL: 400,
  DESK_NOT_ADMIN: 403,
  DESK_NOT_FOUND: 404,
  DESK_PRIORITY: 403,
  DESK_REPO: 400,
  DESK_SETTINGS: 503,
  DESK_STORE: 503,
  DESK_STREAMS: 429,
  DESK_TOKEN: 401,
  DESK_TOO_LARGE: 413,
  DESK_TOO_MANY: 429,
};

/** Codes of the packages that a client's own request can cause; the first that begins the code decides. */
const statusOfOthers: readonly (readonly [prefix: string, status: ErrorAnswer["status"]])[] = [
  ["HARNESS_CLOSED", 503],
  ["HARNESS_STORE_UNKNOWN", 503],
  ["HARNESS_UNKNOWN_AGENT", 404],
  ["HARNESS_", 400],
  ["IDENTITY_UNDECIDED", 503],
  ["IDENTITY_", 403],
  ["LANE_FULL", 429],
  ["LANE_CLOSED", 503],
  ["LANE_STORE_UNKNOWN", 503],
  ["LANE_", 409],
  ["GUARD_", 409],
  ["DELIVER_UNKNOWN_DELIVERY", 404],
  ["DELIVER_CLOSED", 503],
  ["DELIVER_", 409],
];

/** Puts an error into words for the client: its code and sentence if they are made for that, else nothing of it. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof DeskError) return answer(statusOfDesk[error.code], error.code, error.message);
  if (error instanceof ZodError) return answer(400, "DESK_BODY", issueText(error));
  const { code } = Object(error) as { readonly code?: unknown };
  if (error instanceof Error && typeof code === "string") {
    // What a store says may name files of the host.
    if (code.startsWith("STORE_")) return answer(503, "DESK_STORE", "The store cannot be used at the moment");
    const found = statusOfOthers.find(([prefix]) => code.startsWith(prefix));
    if (found) return answer(found[1], code, error.message);
  }
  return answer(500, "DESK_INTERNAL", "Something went wrong");
}

/** What is wrong with a value, by path. Never the value. */
export function issueText({ issues }: ZodError): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `'${path.join(".")}': ${message}` : message))
    .join("; ")
    .slice(0, 500);
}

function answer(status: ErrorAnswer["status"], code: string, message: string): ErrorAnswer {
  const mayWorkLater = status === 429 || status === 503;
  return { status, code, message, ...(mayWorkLater && { retryAfter: 5 }) };
}
