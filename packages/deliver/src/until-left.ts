/** How long what was called may take to settle once the signal has aborted. */
const settleMs = 5_000;

/**
 * The same result, or a `TimeoutError` some seconds after the signal aborted: what somebody else wrote gets the time to
 * settle, and is then left behind.
 */
export async function untilLeft<T>(work: Promise<T> | T, signal: AbortSignal, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const left = Promise.withResolvers<never>();
  const abort = (): void => {
    const late = new DOMException(`${what} does not settle`, "TimeoutError");
    timer = setTimeout(() => left.reject(late), settleMs);
  };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
