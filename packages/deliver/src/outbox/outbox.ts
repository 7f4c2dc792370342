import type { Destination } from "../deliverer.ts";
import type { OutMessage } from "../message.ts";
import type { OutFile } from "../out-file.ts";
import type { Receipt } from "../receipt.ts";
import type { DeliveryFilter, DeliveryState, EndState } from "./outbox-store.ts";

/** A delivery as it is shown to people: without the text. */
export interface OutboxEntry {
  readonly key: string;
  readonly messageKey: string;
  readonly destination: Destination;
  readonly state: DeliveryState;
  /** How often it was tried since it was recorded, or retried by a person. */
  readonly attempts: number;
  /** What became of it so far. */
  readonly receipt?: Receipt | undefined;
  /** As they were recorded. They can be read until every destination of the message has them, or it is purged. */
  readonly files: readonly OutFile[];
  readonly sequence: number;
  /** Epoch milliseconds by the store's clock, as the others. */
  readonly recordedAt: number;
  readonly dueAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** What happens in an outbox. `at` is epoch milliseconds. */
export type OutboxEvent =
  | { readonly type: "delivery-recorded"; readonly at: number; readonly key: string }
  | { readonly type: "delivery-started"; readonly at: number; readonly key: string; readonly attempt: number }
  | {
      readonly type: "delivery-postponed";
      readonly at: number;
      readonly key: string;
      readonly delayMs: number;
    }
  | { readonly type: "delivery-ended"; readonly at: number; readonly key: string; readonly state: EndState };

/** What was left when an outbox closed. */
export interface OutboxCloseReport {
  /** Deliveries that were given up in the middle, or whose end could not be written; the store's lease decides over them. */
  readonly unsettled: readonly string[];
}

/** Delivers what was recorded, also after a restart. */
export interface Outbox extends AsyncDisposable {
  /**
   * Records a message for each destination and resolves with the keys: `<message.key>/<index>`. What was recorded is
   * sent, be it by the next process. The same message again is recorded once.
   *
   * @throws {DeliverError} `DELIVER_CONFLICT`, `DELIVER_EMPTY`, `DELIVER_FILE_SIZE`, `DELIVER_CLOSED`
   */
  enqueue(
    destinations: Destination | readonly Destination[],
    message: OutMessage,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly string[]>;
  /** Begins to send: what is recorded from now on, what was left, and what other processes leave. */
  start(): void;
  get(key: string): Promise<OutboxEntry | undefined>;
  list(filter?: DeliveryFilter): Promise<readonly OutboxEntry[]>;
  /**
   * Queues a delivery again that did not arrive, or may not have. What arrived of it is not sent again.
   *
   * @throws {DeliverError} `DELIVER_UNKNOWN_DELIVERY`, `DELIVER_NOT_RETRYABLE`
   */
  retry(key: string): Promise<void>;
  /** Resolves when a delivery has ended, in whatever state. @throws {DeliverError} `DELIVER_UNKNOWN_DELIVERY`, `DELIVER_CLOSED` */
  settled(key: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<OutboxEntry>;
  /** Forgets messages all of whose deliveries ended so long ago, and their files. Resolves with the number of deliveries. */
  purge(purge: { readonly olderThanMs: number }): Promise<number>;
  /** Takes nothing more up, and waits up to `graceMs` for what is being sent. @default 10_000 */
  close(options?: { readonly graceMs?: number | undefined }): Promise<OutboxCloseReport>;
}
