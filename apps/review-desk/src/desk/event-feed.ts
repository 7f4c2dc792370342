import type { HarnessStore } from "@executus/harness";

/** Tells who waits for a run that the store has something new of it. */
export interface EventFeed {
  told(runId: string): void;
  /** Resolves with true when there is something new; with false after so many milliseconds, or when the signal aborts. */
  next(runId: string, waitMs: number, signal: AbortSignal): Promise<boolean>;
}

export function createEventFeed(): EventFeed {
  const waiting = new Map<string, Set<() => void>>();
  return {
    told(runId) {
      for (const wake of waiting.get(runId) ?? []) wake();
    },
    next(runId, waitMs, signal) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const wakes = waiting.get(runId) ?? new Set();
      waiting.set(runId, wakes);
      const timer = setTimeout(giveUp, waitMs);
      timer.unref();
      function settle(isNew: boolean): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        wakes.delete(wake);
        if (wakes.size === 0 && waiting.get(runId) === wakes) waiting.delete(runId);
        resolve(isNew);
      }
      function giveUp(): void {
        settle(false);
      }
      function wake(): void {
        settle(true);
      }
      wakes.add(wake);
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp);
      return promise;
    },
  };
}

/** The store, which tells the feed of each run's events and end once they are in it. */
export function toldStore<S extends HarnessStore>(store: S, feed: EventFeed): S {
  return {
    ...store,
    async appendRunEvents(runId: string, events: readonly string[]) {
      const last = await store.appendRunEvents(runId, events);
      feed.told(runId);
      return last;
    },
    async endRun(end: Parameters<S["endRun"]>[0]) {
      const isEnded = await store.endRun(end);
      feed.told(end.runId);
      return isEnded;
    },
  };
}
