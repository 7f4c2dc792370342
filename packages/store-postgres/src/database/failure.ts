import { StoreError, type StoreErrorCode } from "../errors.ts";

/** What the server answered with, by the classes and codes of PostgreSQL's appendix A; the first that fits decides. */
const answers: readonly (readonly [
  sqlState: RegExp,
  code: StoreErrorCode,
  retryable: boolean,
  text: string,
])[] = [
  [/^40/, "STORE_CONFLICT", true, "others changed the same rows at the same time, again and again"],
  [/^(28|42501)/, "STORE_DENIED", false, "PostgreSQL denied it"],
  [/^53100/, "STORE_FULL", true, "the server's disk is full"],
  [/^25006/, "STORE_READ_ONLY", true, "the server is read-only"],
  // Lost, shutting down, starting, too many clients, out of memory, or stopped by a time limit of the server's.
  [/^(08|53|57|55P03|25P0[34])/, "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  // The server read the statement and refused it as such: it will again.
  [/^(0A|22|23|3D|3F|42|54)/, "STORE_FAILED", false, "PostgreSQL refused it"],
  [/^/, "STORE_FAILED", true, "PostgreSQL failed"],
];

/** Says what a failure means to the caller. The server's own words stay in `cause`, as they may hold what was written. */
export function describeFailure(action: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) {
    const message = `${action}: the connection to PostgreSQL failed${inBrackets(codeOf(error))}`;
    return new StoreError("STORE_UNAVAILABLE", message, { retryable: true, cause: error });
  }
  const [, code, retryable, text] = answers.find(([pattern]) => pattern.test(sqlState)) ?? answers[0]!;
  return new StoreError(code, `${action}: ${text}${inBrackets(sqlState)}`, { retryable, cause: error });
}

/** True if the connection is of no more use: lost, in an unknown state, or to a server that cannot write. */
export function isBroken(error: unknown): boolean {
  return /^(08|57P|25006)/.test(sqlStateOf(error) ?? "08");
}

/** True if the server undid the statement so that somebody else's could go through. */
export function isConflict(error: unknown): boolean {
  return sqlStateOf(error)?.startsWith("40") ?? false;
}

/** True if there is no such table or schema. */
export function isMissingTable(error: unknown): boolean {
  return /^(42P01|3F000)$/.test(sqlStateOf(error) ?? "");
}

/** Only what the server said has a severity; the codes of the system, such as `EPIPE`, look alike. */
function sqlStateOf(error: unknown): string | undefined {
  const isAnswer = typeof (error as { severity?: unknown } | undefined)?.severity === "string";
  return isAnswer ? codeOf(error) : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

function inBrackets(code: string | undefined): string {
  return code === undefined ? "" : ` (${code})`;
}
