import { HarnessError } from "../errors.ts";

const firstWaitMs = 20;
const longestWaitMs = 1_000;

/** How many times a call is made that the store does not answer at all. */
const patience = 4;

/**
 * Asks a store until it answers, or until `timeoutMs` are over. Its calls are idempotent: one that it refused is made again, and
 * one that hangs is made again beside itself, since the answer may have been lost. An error that says of itself that trying again
 * is of no use is thrown at once.
 *
 * @param tries how often a call that hangs is made; 1 for one whose copy would cost much
 * @throws {HarnessError} `HARNESS_STORE_UNKNOWN`: what was asked for may have been done or not.
 */
export async function askStore<T>(
  what: string,
  ask: () => Promise<T>,
  timeoutMs: number,
  tries: number = patience,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let waitMs = firstWaitMs;
  let again: ReturnType<typeof setTimeout> | undefined;
  let ticks = 0;
  let last: unknown;
  const attempt = async (): Promise<void> => {
    try {
      resolve(await ask());
    } catch (error) {
      last = error;
      clearTimeout(again);
      if (isFinal(error)) reject(error);
      else if (ticks < tries) again = setTimeout(() => void attempt(), waitMs);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    }
  };
  const watch = setInterval(() => {
    ticks += 1;
    if (ticks < tries) void attempt();
    else reject(unknown(what, last));
  }, timeoutMs / tries);
  void attempt();
  try {
    return await promise;
  } finally {
    ticks = tries;
    clearInterval(watch);
    clearTimeout(again);
  }
}

/**
 * The same for what must not be asked twice.
 *
 * @throws {HarnessError} `HARNESS_STORE_UNKNOWN`
 */
export async function askStoreOnce<T>(what: string, ask: () => Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(unknown(what, undefined)), timeoutMs);
  try {
    return await Promise.race([ask(), late]);
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
