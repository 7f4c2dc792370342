/** Epoch milliseconds that go on evenly, whatever happens to the system's time. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A clock that tells, before it answers, when it has gone backwards: then nobody knows how old anything is. */
export function watchClock(clock: () => number, onBackwards: () => void): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock();
    if (now < latest) onBackwards();
    // What is no number is no time: nothing is young enough by it.
    if (!Number.isNaN(now)) latest = now;
    return now;
  };
}
