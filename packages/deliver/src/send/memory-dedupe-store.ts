import type { ReceiptPart } from "../receipt.ts";
import { requireFunction, requireObject } from "../check-options.ts";
import { requireName, requireText, requireWhole } from "../store-arguments.ts";
import type { DedupeStore, PartClaim } from "./dedupe-store.ts";

export interface MemoryDedupeStoreOptions {
  /** The least recently used are forgotten beyond so many. @default 10_000 */
  readonly maxKeys?: number | undefined;
  /** Milliseconds after which a settled part is forgotten. @default 86_400_000, a day */
  readonly keepMs?: number | undefined;
  /** Milliseconds, for leases and for forgetting. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

interface Entry {
  readonly digest: string;
  readonly at: number;
  readonly leaseMs: number;
  readonly part: ReceiptPart | undefined;
}

/** Remembers the parts that were sent in memory: for one process, and as the reference for other stores. */
export function memoryDedupeStore(options: MemoryDedupeStoreOptions = {}): DedupeStore {
  requireObject(options, "Cannot create dedupe store: 'options'");
  const { maxKeys = 10_000, keepMs = 86_400_000, clock = (): number => Date.now() } = options;
  requireWhole(maxKeys, "Cannot create dedupe store: 'maxKeys'", 1);
  requireWhole(keepMs, "Cannot create dedupe store: 'keepMs'", 0);
  requireFunction(clock, "Cannot create dedupe store: 'clock'");
  /** The least recently used first. */
  const entries = new Map<string, Entry>();

  const put = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    for (const [oldest] of entries) {
      if (entries.size <= maxKeys) break;
      entries.delete(oldest);
    }
  };

  return {
    async claimPart(key, digest, leaseMs): Promise<PartClaim> {
      requireName(key, "Cannot claim part: 'key'");
      requireName(digest, "Cannot claim part: 'digest'");
      requireWhole(leaseMs, "Cannot claim part: 'leaseMs'", 1);
      const now = clock();
      const found = entries.get(key);
      const forgotten = found?.part !== undefined && now - found.at >= keepMs;
      if (!found || forgotten) {
        put(key, { digest, at: now, leaseMs, part: undefined });
        return { claim: "new" };
      }
      if (found.digest !== digest) return { claim: "conflict" };
      if (found.part) {
        put(key, found);
        return { claim: "done", part: { ...found.part } };
      }
      if (now - found.at < found.leaseMs) return { claim: "busy" };
      put(key, { digest, at: now, leaseMs, part: undefined });
      return { claim: "lapsed" };
    },

    async settlePart(key, part): Promise<void> {
      requireName(key, "Cannot settle part: 'key'");
      requireText(part?.status, "Cannot settle part: 'part.status'");
      const found = entries.get(key);
      if (!found || found.part?.status === "sent") return;
      put(key, { ...found, at: clock(), part: { ...part } });
    },

    async releasePart(key): Promise<void> {
      requireName(key, "Cannot release part: 'key'");
      if (entries.get(key)?.part?.status !== "sent") entries.delete(key);
    },

    async purgeParts(purge): Promise<number> {
      requireObject(purge, "Cannot purge parts: 'purge'");
      const { olderThanMs, limit } = purge;
      requireWhole(olderThanMs, "Cannot purge parts: 'olderThanMs'", 0);
      requireWhole(limit, "Cannot purge parts: 'limit'", 1);
      const until = clock() - olderThanMs;
      const old = [...entries].filter(([, { at }]) => olderThanMs === 0 || at <= until).slice(0, limit);
      for (const [key] of old) entries.delete(key);
      return old.length;
    },
  };
}
