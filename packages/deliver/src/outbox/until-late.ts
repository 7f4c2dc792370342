import { longestMs } from "./timers.ts";

/** How long a call of the store may take. It is idempotent, so that it can be made again beside one that hangs. */
const answerMs = 10_000;

/**
 * The same result, or a `TimeoutError` after a while: one answer that is lost must not end the work of a process. The wait keeps no
 * process alive.
 */
export function untilLate<T>(work: Promise<T> | T, what: string, ms: number = answerMs): Promise<T> {
  if (typeof Object(work).then !== "function") return Promise.resolve(work);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new DOMException(`${what} does not answer`, "TimeoutError")),
      Math.min(ms, longestMs),
    );
    timer.unref();
    Promise.resolve(work).then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
