/** Timers that end together, and that alone keep no process alive. */
export interface Timers {
  after(ms: number, work: () => void): void;
  clear(): void;
  /** Waits for work, but not longer; this keeps the process alive. */
  within(work: Promise<unknown>, ms: number): Promise<void>;
}

/** A longer one ends at once. */
export const longestMs: number = 2 ** 31 - 1;

export function createTimers(): Timers {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  return {
    after(ms, work) {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          work();
        },
        Math.min(ms, longestMs),
      );
      timer.unref();
      timers.add(timer);
    },
    clear() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
    async within(work, ms) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, Math.min(ms, longestMs));
      await Promise.race([work, promise]);
      clearTimeout(timer);
    },
  };
}
