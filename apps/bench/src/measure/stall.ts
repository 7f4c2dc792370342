const tickMs = 1;

/** Watches the event loop by a timer of 1 ms: what it returns stops that and gives the longest time that it came late, in ms. */
export function watchStalls(): () => number {
  let lastMs = performance.now();
  let longestMs = 0;
  const tick = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - tickMs);
    lastMs = nowMs;
  };
  const timer = setInterval(tick, tickMs);
  return () => {
    clearInterval(timer);
    // A stall that lasts until now was not seen by a tick.
    tick();
    return longestMs;
  };
}
