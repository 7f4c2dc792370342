import type { HarnessStore } from "@executus/harness";

/** Somebody who waits for news of a run. */
export interface Watch {
  /** Resolves with true when there is something new, with false after its time, or when it was stopped. Never rejects. */
  readonly news: Promise<boolean>;
  stop(): void;
}

/** Tells who waits for a run that the store has something new of it. */
export interface EventFeed {
  told(runId: string): void;
  /** Waits from now on, for so many milliseconds at most. */
  watch(runId: string, waitMs: number): Watch;
}

export function createEventFeed(): EventFeed {
  const watches = new Map<string, Set<(isNew: boolean) => void>>();
  return {
    told(runId) {
      for (const settle of watches.get(runId) ?? []) settle(true);
    },
    watch(runId, waitMs) {
      const { promise: news, resolve } = Promise.withResolvers<boolean>();
      const ofRun = watches.get(runId) ?? new Set();
      watches.set(runId, ofRun);
      const settle = (isNew: boolean): void => {
        clearTimeout(timer);
        ofRun.delete(settle);
        if (ofRun.size === 0 && watches.get(runId) === ofRun) watches.delete(runId);
        resolve(isNew);
      };
      const timer = setTimeout(settle, waitMs, false);
      timer.unref();
      ofRun.add(settle);
      return { news, stop: () => settle(false) };
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
