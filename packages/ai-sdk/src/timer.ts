/** Calls back after that time, unless it is stopped before; it keeps no process alive. */
export function startTimer(delayMs: number, callback: () => void): () => void {
  if (delayMs > longestDelayMs) return () => {};
  const timer = setTimeout(callback, delayMs);
  // Outside of Node a timer is a number.
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}

/** The longest delay that a timer keeps: 24.8 days. */
const longestDelayMs = 2_147_483_647;
