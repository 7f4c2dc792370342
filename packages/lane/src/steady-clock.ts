/** Epoch milliseconds that go on evenly, whatever happens to the system's time. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
