/** Starts a watch; what it returns gives nanoseconds per job since then. */
export function startWatch(): (jobs: number) => number {
  const startMs = performance.now();
  return (jobs) => ((performance.now() - startMs) * 1e6) / jobs;
}
