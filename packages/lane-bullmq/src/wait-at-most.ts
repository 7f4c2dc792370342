import { longestTimerMs } from "./options.ts";

/** What a wait came to that was given up. */
export const late: unique symbol = Symbol("late");

/** Waits for a promise no longer than that, `Infinity` for as long as it takes. No timer outlives it. */
export async function waitAtMost<T>(promise: PromiseLike<T>, limitMs: number): Promise<T | typeof late> {
  if (limitMs === Number.POSITIVE_INFINITY) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), Math.min(limitMs, longestTimerMs));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
