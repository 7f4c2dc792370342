/** Something that may take only so long. Its signal aborts when time is up; `end` is called on every path. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** @param makeReason what the signal aborts with */
export function startDeadline(timeoutMs: number, makeReason: () => Error): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  if (timeoutMs === Number.POSITIVE_INFINITY) return { signal, end: () => {} };
  // Not unref'd: a promise that was handed out waits for it.
  const timer = setTimeout(() => controller.abort(makeReason()), timeoutMs);
  return { signal, end: () => clearTimeout(timer) };
}

/**
 * The same result, or `signal.reason` as soon as the signal aborts. What the promise stands for goes on; the listener
 * is removed either way.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
