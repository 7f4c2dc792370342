import { untilAborted } from "../until-aborted.ts";

/** Lets what has one key go one after the other, in the order of the calls, and different keys beside each other. */
export interface Turns {
  /**
   * Resolves when it is the caller's turn, with the function that ends it. Rejects with the signal's reason if that aborts
   * first.
   */
  take(key: string, signal: AbortSignal): Promise<() => void>;
}

/** Keeps nothing of a key once nobody holds or waits for it. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(key, signal) {
      signal.throwIfAborted();
      const before = last.get(key);
      const mine = Promise.withResolvers<void>();
      const ended = before ? before.then(() => mine.promise) : mine.promise;
      last.set(key, ended);
      void ended.then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
      if (!before) return mine.resolve;
      try {
        await untilAborted(before, signal);
      } catch (error) {
        mine.resolve();
        throw error;
      }
      return mine.resolve;
    },
  };
}
