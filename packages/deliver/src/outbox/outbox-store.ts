/**
 * Where a recorded delivery stands. `queued` and `sending` move by themselves; the others are ends, and those but
 * `delivered` may be queued again by a person.
 */
export type DeliveryState =
  | "queued"
  | "sending"
  | "delivered"
  | "partial"
  | "failed"
  | "unknown"
  | "discarded";

export type EndState = Exclude<DeliveryState, "queued" | "sending">;

/** One message on its way to one destination, as it is recorded. */
export interface NewDelivery {
  /** Unique in the store: the message's key and the destination's index. */
  readonly key: string;
  readonly messageKey: string;
  readonly channel: string;
  /** Names content and destination: another one under the same key is a conflict. */
  readonly digest: string;
  /** What is to be sent and where to, opaque to the store and kept as it is. */
  readonly content: string;
}

/** A delivery as the store keeps it. Instants are epoch milliseconds by the store's own clock: shown to people, never compared. */
export interface DeliveryRow extends NewDelivery {
  /** Order of recording in the store, from 1 on; it only grows, also past deleted rows. */
  readonly sequence: number;
  readonly state: DeliveryState;
  /** How often it was claimed since it was recorded, or queued again by a person. */
  readonly attempts: number;
  /** What became of it so far, opaque to the store. */
  readonly receipt?: string | undefined;
  readonly recordedAt: number;
  /** When the next try is due; only of a queued row that waits. */
  readonly dueAt?: number | undefined;
  /** Only of a row that has ended. */
  readonly endedAt?: number | undefined;
}

/** What `recordDeliveries` found: all rows are there, or the named one is there with another digest and none was written. */
export type Recorded = { readonly recorded: true } | { readonly recorded: false; readonly key: string };

/**
 * What a claim found:
 * - `new`: it was queued, and is the claimant's.
 * - `lapsed`: the claimant before was not heard of for its lease, and may have sent it; now it is this claimant's.
 * - `busy`: another claimant has it, and its lease runs.
 * - `conflict`: there is no row with that key and digest.
 * - `ended`: it has ended.
 */
export type DeliveryClaim =
  | { readonly claim: "new" | "lapsed"; readonly row: DeliveryRow }
  | { readonly claim: "busy" | "conflict" | "ended" };

/** How a claim ends: in an end, or back in the queue. */
export interface Settlement {
  readonly key: string;
  readonly claimant: string;
  readonly state: EndState | "queued";
  readonly receipt: string;
  /** For `queued`: not due before so many milliseconds by the store's clock. @default 0 */
  readonly delayMs?: number | undefined;
}

/** Which rows are listed: those that fit every field that is there. */
export interface DeliveryFilter {
  /** In one of these states. */
  readonly states?: readonly DeliveryState[] | undefined;
  readonly messageKey?: string | undefined;
  /** `true`: queued and due, or sending with a lease that is over. */
  readonly due?: true | undefined;
  /** Ended at least so many milliseconds ago by the store's clock; 0 is every row that has ended. */
  readonly endedForMs?: number | undefined;
  /** Only rows behind this one. @default 0 */
  readonly afterSequence?: number | undefined;
  /** At most so many, at least 1; `Infinity` is no limit. @default 1_000 */
  readonly limit?: number | undefined;
}

/** The bytes of files, by key. */
export interface BlobStore {
  /**
   * Keeps the stream's bytes; what was kept under the key is replaced when all have come, and only then. Rejects when there are
   * more than `maxBytes`, and cancels the stream.
   */
  putBlob(
    key: string,
    stream: ReadableStream<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly size: number }>;
  /** A new stream from the first byte on. One of an unknown key fails when it is read. */
  openBlob(key: string): ReadableStream<Uint8Array>;
  /** Forgets the bytes. An unknown key is no error. */
  deleteBlob(key: string): Promise<void>;
}

/**
 * Seam: where an outbox keeps what is to be delivered. One store may serve many processes.
 *
 * Contract, checked by `outboxStoreConformance`:
 * - What a method resolved for is durable, and seen by every later call of every process. A method that rejects may have
 *   done its work or not; the same call again finds out.
 * - No method takes an instant; the store stamps rows and judges leases by its own clock.
 * - Of calls that claim one row at the same time, one gets it. Every later write names its claimant, and is applied only as
 *   long as that has it.
 * - Rows come back as they were given, and are listed in order of `sequence`.
 * - Keys, digests, channels and claimants are strings that are not empty; no string has U+0000 or a lone surrogate. Two are the
 *   same if every character is. Only the key of a blob may have both, in a store that takes the blobs of others too.
 * - A bad argument is a `TypeError` or `RangeError` as a rejection, with the argument's name in the message, and changes
 *   nothing.
 */
export interface OutboxStore extends BlobStore {
  /** Writes all rows or none. One that is there with the same digest is left as it is. */
  recordDeliveries(deliveries: readonly NewDelivery[]): Promise<Recorded>;

  /**
   * Takes a row that is queued, or sending with a lease that is over, for `leaseMs` milliseconds, and counts the attempt. The same
   * claimant again, while it has the row, gets the first answer again, and counts nothing.
   *
   * @param claimant An id that no other claim ever has.
   */
  claimDelivery(key: string, digest: string, leaseMs: number, claimant: string): Promise<DeliveryClaim>;

  /** Keeps how far the claimant got. Resolves with `false` if it does not have the row any more. */
  saveDelivery(key: string, claimant: string, receipt: string): Promise<boolean>;

  /** Ends the claim. The same settlement again, while the row stands where that left it, resolves with `true` too. */
  settleDelivery(settlement: Settlement): Promise<boolean>;

  /** Queues a row again that has ended otherwise than delivered, due at once, with no attempts counted. */
  requeueDelivery(key: string): Promise<boolean>;

  getDelivery(key: string): Promise<DeliveryRow | undefined>;
  listDeliveries(filter?: DeliveryFilter): Promise<DeliveryRow[]>;

  /** Deletes a row that has ended. Resolves with `false` if there is none. */
  deleteDelivery(key: string): Promise<boolean>;
}
