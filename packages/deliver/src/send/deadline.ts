/** A signal that follows the caller's and aborts after a while, and what says how long is left. */
export interface Deadline {
  readonly signal: AbortSignal;
  leftMs(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  wait(ms: number): Promise<void>;
  /** Removes the listener and the timer. */
  end(): void;
}

/** Longer ones end at once. */
const longestTimer = 2 ** 31 - 1;

export function startDeadline(ms: number, clock: () => number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const endsAt = clock() + ms;
  const follow = (): void => controller.abort(outer?.reason);
  outer?.addEventListener("abort", follow, { once: true });
  const expire = (): void => controller.abort(new DOMException("The deadline has passed", "TimeoutError"));
  const timer = ms <= longestTimer ? setTimeout(expire, ms) : undefined;
  return {
    signal,
    leftMs: () => endsAt - clock(),
    wait: (waitMs) => waitFor(Math.min(waitMs, longestTimer), signal),
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", follow);
    },
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
