/** Where a recorded delivery stands. `queued` and `sending` move by themselves; the others are ends. */
export type DeliveryState =
  | "queued"
  | "sending"
  | "delivered"
  | "partial"
  | "failed"
  | "unknown"
  | "discarded";

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

/** What a claim found: the row is the claimant's, or somebody else's, another one, or at an end. */
export type DeliveryClaim =
  | { readonly claim: "new" | "lapsed"; readonly row: DeliveryRow }
  | { readonly claim: "busy" | "conflict" | "ended" };

/** How a claim ends: in an end, or back in the queue. */
export interface Settlement {
  readonly key: string;
  readonly claimant: string;
  readonly state: Exclude<DeliveryState, "sending">;
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
