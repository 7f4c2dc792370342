import { longestMs } from "./timers.ts";

/** How long a call of the store may take. It is idempotent, so that it can be made again beside one that hangs. */
const answerMs = 10_000;

/**
 * The same result, or a `TimeoutError` after a while: one answer that is lost must not end the work of a process. The wait keeps no
 * process alive.
 */
export async function untilLate<T>(work: Promise<T> | T, what: string, ms: number = answerMs): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new DOMException(`${what} does not answer`, "TimeoutError")),
    Math.min(ms, longestMs),
  );
  timer.unref();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
