import { longestMs } from "./timers.ts";

/** Who waits for the end of a delivery. */
export interface Listeners {
  /** Begins to listen, so that nothing is missed from now on. */
  readonly hear: (key: string) => Heard;
  notify(key: string): void;
  notifyAll(): void;
}

export interface Heard {
  /** Resolves when the key was notified since `hear`, after so many milliseconds, or when the signal aborts. */
  within(ms: number, signal: AbortSignal | undefined): Promise<void>;
  stop(): void;
}

export function createListeners(): Listeners {
  const byKey = new Map<string, Set<() => void>>();
  return {
    hear(key) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const heard = byKey.get(key) ?? new Set();
      byKey.set(key, heard.add(resolve));
      return {
        within: (ms, signal) => within(promise, ms, signal),
        stop() {
          heard.delete(resolve);
          if (heard.size === 0 && byKey.get(key) === heard) byKey.delete(key);
        },
      };
    },
    notify(key) {
      for (const resolve of byKey.get(key) ?? []) resolve();
    },
    notifyAll() {
      for (const heard of byKey.values()) for (const resolve of heard) resolve();
    },
  };
}

async function within(promise: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(ms, longestMs));
  const end = (): void => resolve();
  signal?.addEventListener("abort", end, { once: true });
  await Promise.race([promise, over]);
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
}
