import { StoreError, type StoreErrorCode } from "../errors.ts";

/** The primary result codes of SQLite that have a code here. The others are `STORE_FAILED`. */
const codes: ReadonlyMap<number, readonly [code: StoreErrorCode, problem: string]> = new Map([
  [3, ["STORE_DENIED", "no permission"]],
  [5, ["STORE_LOCKED", "locked by another process"]],
  [6, ["STORE_LOCKED", "locked"]],
  [8, ["STORE_READ_ONLY", "read-only"]],
  [11, ["STORE_CORRUPT", "damaged"]],
  [13, ["STORE_FULL", "the disk is full"]],
  [15, ["STORE_LOCKED", "locked by another process"]],
  [23, ["STORE_DENIED", "no permission"]],
  [26, ["STORE_NOT_A_DATABASE", "not a database"]],
]);

/** SQLITE_IOERR_SHMSIZE: the shared index of the log could not grow, which a full disk is the reason for. */
const sharedMemoryFull = 10 | (19 << 8);

/** The error that a caller gets for one of SQLite. An argument mistake and a `StoreError` are passed through. */
export function explainFailure(error: unknown, action: string, file: string): Error {
  if (error instanceof StoreError || error instanceof TypeError || error instanceof RangeError) return error;
  const { resultCode, text } = readFailure(error);
  const known = codes.get(resultCode === sharedMemoryFull ? 13 : resultCode & 0xff);
  const [code, problem] = known ?? ["STORE_FAILED", text];
  return new StoreError(code, `Cannot ${action} "${file}": ${problem}`, { cause: error });
}

/** If somebody else holds a lock that was needed: what was tried may be tried again soon, and nothing of it was done. */
export function isLocked(error: unknown): boolean {
  return codes.get(readFailure(error).resultCode & 0xff)?.[0] === "STORE_LOCKED";
}

function readFailure(error: unknown): { resultCode: number; text: string } {
  const { errcode = 1, message } = (error ?? {}) as { readonly errcode?: number; readonly message?: string };
  return { resultCode: errcode, text: message ?? String(error) };
}
