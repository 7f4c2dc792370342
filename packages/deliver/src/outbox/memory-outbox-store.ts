import { requireFunction, requireObject } from "../check-options.ts";
import { requireName, requireText } from "../store-arguments.ts";
import { checkClaim, checkFilter, checkNewDeliveries, checkSettlement } from "./check-delivery.ts";
import { memoryBlobs } from "./memory-blobs.ts";
import type {
  DeliveryClaim,
  DeliveryFilter,
  DeliveryRow,
  NewDelivery,
  OutboxStore,
  Recorded,
  Settlement,
} from "./outbox-store.ts";

export interface MemoryOutboxStoreOptions {
  /** Epoch milliseconds, for stamps and leases. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Keeps deliveries in memory: the reference for every other store, and for tests. It outlives an outbox but not its process, and
 * lists by looking at every row.
 */
export function memoryOutboxStore(options: MemoryOutboxStoreOptions = {}): OutboxStore {
  requireObject(options, "Cannot create outbox store: 'options'");
  const { clock = Date.now } = options;
  requireFunction(clock, "Cannot create outbox store: 'clock'");
  return new MemoryOutboxStore(clock);
}

interface Entry {
  /** Never changed, only replaced. */
  row: DeliveryRow;
  /** Who has it, or had it last. */
  claimant?: string | undefined;
  /** What that one was told. */
  claim?: "new" | "lapsed" | undefined;
  leaseEndsAt: number;
}

/** Every method does its work before its first `await`, so that calls cannot get between each other. */
class MemoryOutboxStore implements OutboxStore {
  readonly #now: () => number;
  /** By key, and as rows are never put in again, in order of sequence. */
  readonly #entries = new Map<string, Entry>();
  readonly #blobs = memoryBlobs();
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async recordDeliveries(deliveries: readonly NewDelivery[]): Promise<Recorded> {
    checkNewDeliveries(deliveries);
    const digests = new Map<string, string>();
    for (const { key, digest } of deliveries) {
      const known = this.#entries.get(key)?.row.digest ?? digests.get(key);
      if (known !== undefined && known !== digest) return { recorded: false, key };
      digests.set(key, digest);
    }
    for (const { key, messageKey, channel, digest, content } of deliveries) {
      if (this.#entries.has(key)) continue;
      this.#sequence += 1;
      const fields = { key, messageKey, channel, digest, content, sequence: this.#sequence };
      const row: DeliveryRow = { ...fields, state: "queued", attempts: 0, recordedAt: this.#now() };
      this.#entries.set(key, { row, leaseEndsAt: 0 });
    }
    return { recorded: true };
  }

  async claimDelivery(
    key: string,
    digest: string,
    leaseMs: number,
    claimant: string,
  ): Promise<DeliveryClaim> {
    checkClaim(key, digest, leaseMs, claimant);
    const entry = this.#entries.get(key);
    if (entry?.row.digest !== digest) return { claim: "conflict" };
    const { state, attempts } = entry.row;
    if (state !== "queued" && state !== "sending") return { claim: "ended" };
    if (state === "sending") {
      if (entry.claimant === claimant) return { claim: entry.claim ?? "new", row: entry.row };
      if (this.#now() < entry.leaseEndsAt) return { claim: "busy" };
    }
    entry.claim = state === "queued" ? "new" : "lapsed";
    entry.claimant = claimant;
    entry.leaseEndsAt = this.#now() + leaseMs;
    entry.row = { ...entry.row, state: "sending", attempts: attempts + 1, dueAt: undefined };
    return { claim: entry.claim, row: entry.row };
  }

  async saveDelivery(key: string, claimant: string, receipt: string): Promise<boolean> {
    requireName(key, "Cannot save delivery: 'key'");
    requireName(claimant, "Cannot save delivery: 'claimant'");
    requireText(receipt, "Cannot save delivery: 'receipt'");
    const entry = this.#entries.get(key);
    if (entry?.row.state !== "sending" || entry.claimant !== claimant) return false;
    entry.row = { ...entry.row, receipt };
    return true;
  }

  async settleDelivery(settlement: Settlement): Promise<boolean> {
    checkSettlement(settlement);
    const { key, claimant, state, receipt, delayMs = 0 } = settlement;
    const entry = this.#entries.get(key);
    if (!entry || entry.claimant !== claimant) return false;
    if (entry.row.state !== "sending") return entry.row.state === state;
    const now = this.#now();
    const stamp = state === "queued" ? { dueAt: now + delayMs } : { endedAt: now };
    entry.row = { ...entry.row, ...stamp, state, receipt };
    return true;
  }

  async requeueDelivery(key: string): Promise<boolean> {
    requireName(key, "Cannot queue delivery: 'key'");
    const entry = this.#entries.get(key);
    if (!entry || ["queued", "sending", "delivered"].includes(entry.row.state)) return false;
    entry.claimant = undefined;
    entry.row = { ...entry.row, state: "queued", attempts: 0, endedAt: undefined };
    return true;
  }

  async getDelivery(key: string): Promise<DeliveryRow | undefined> {
    requireName(key, "Cannot get delivery: 'key'");
    return this.#entries.get(key)?.row;
  }

  async listDeliveries(filter: DeliveryFilter = {}): Promise<DeliveryRow[]> {
    checkFilter(filter);
    const { limit = 1_000 } = filter;
    const found: DeliveryRow[] = [];
    for (const entry of this.#entries.values()) {
      if (found.length >= limit) break;
      if (this.#fits(entry, filter)) found.push(entry.row);
    }
    return found;
  }

  #fits({ row, leaseEndsAt }: Entry, filter: DeliveryFilter): boolean {
    const { states, messageKey, due, endedForMs, afterSequence = 0 } = filter;
    const { state, dueAt = 0, endedAt = Infinity } = row;
    if (row.sequence <= afterSequence) return false;
    if (states && !states.includes(state)) return false;
    if (messageKey !== undefined && row.messageKey !== messageKey) return false;
    if (endedForMs !== undefined) {
      // 0 is every ended row, also one that ended before the clock was set back.
      if (endedAt === Infinity || (endedForMs > 0 && this.#now() - endedAt < endedForMs)) return false;
    }
    if (due === undefined) return true;
    return state === "queued" ? dueAt <= this.#now() : state === "sending" && leaseEndsAt <= this.#now();
  }

  async putBlob(
    key: string,
    stream: ReadableStream<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly size: number }> {
    return await this.#blobs.putBlob(key, stream, maxBytes);
  }

  openBlob(key: string): ReadableStream<Uint8Array> {
    return this.#blobs.openBlob(key);
  }

  async deleteBlob(key: string): Promise<void> {
    await this.#blobs.deleteBlob(key);
  }

  async deleteDelivery(key: string): Promise<boolean> {
    requireName(key, "Cannot delete delivery: 'key'");
    const state = this.#entries.get(key)?.row.state;
    if (state === undefined || state === "queued" || state === "sending") return false;
    return this.#entries.delete(key);
  }
}
