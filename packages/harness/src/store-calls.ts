import { HarnessError } from "./errors.ts";

const firstWaitMs = 20;
const longestWaitMs = 1_000;

/**
 * Asks a store until it answers, or until `timeoutMs` are over: its calls are idempotent, so one whose answer was lost is made
 * again. An error that says of itself that trying again is of no use is thrown at once.
 *
 * @throws {HarnessError} `HARNESS_STORE_UNKNOWN`: what was asked for may have been done or not.
 */
export async function askStore<T>(what: string, ask: () => Promise<T>, timeoutMs: number): Promise<T> {
  let isOver = false;
  let last: unknown;
  const attempts = async (): Promise<T> => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        return await ask();
      } catch (error) {
        last = error;
        if (isFinal(error) || isOver) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (isOver) throw unknown(what, last);
    }
  };
  try {
    return await within(timeoutMs, attempts, () => unknown(what, last));
  } finally {
    isOver = true;
  }
}

/**
 * The same for what must not be asked twice.
 *
 * @throws {HarnessError} `HARNESS_STORE_UNKNOWN`
 */
export function askStoreOnce<T>(what: string, ask: () => Promise<T>, timeoutMs: number): Promise<T> {
  return within(timeoutMs, ask, () => unknown(what, undefined));
}

async function within<T>(timeoutMs: number, ask: () => Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), timeoutMs);
  try {
    return await Promise.race([ask(), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unknown(what: string, cause: unknown): HarnessError {
  const message = `Cannot ${what}: the store did not answer`;
  return new HarnessError("HARNESS_STORE_UNKNOWN", message, { retryable: true, cause });
}

function isFinal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { retryable, code } = Object(error) as { readonly retryable?: unknown; readonly code?: unknown };
  return retryable === false || (typeof code === "string" && code.startsWith("DELIVER_"));
}
