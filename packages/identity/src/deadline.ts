import { IdentityError } from "./errors.ts";

/** Something that may take only so long. Its signal aborts when time is up; `end` is called on every path. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** @param action what could not be done in time: `"Cannot decide"` */
export function startDeadline(timeoutMs: number, action: string): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  if (timeoutMs === Number.POSITIVE_INFINITY) return { signal, end: () => {} };
  const expire = (): void => {
    const message = `${action}: no answer within ${timeoutMs} ms`;
    controller.abort(new IdentityError("IDENTITY_LOOKUP_FAILED", message, { retryable: true }));
  };
  // It keeps the process alive: a promise that was handed out waits for it.
  const timer = setTimeout(expire, timeoutMs);
  return { signal, end: () => clearTimeout(timer) };
}

/**
 * The same result, or `signal.reason` as soon as the signal aborts. What the promise stands for goes on; the listener
 * is removed either way.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
