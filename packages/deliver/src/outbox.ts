/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Replies that no crash loses: recorded before they are sent, and sent again only where a repeat arrives once.
 *
 * @module
 */
export { createOutbox } from "./outbox/create-outbox.ts";
export { memoryOutboxStore, type MemoryOutboxStoreOptions } from "./outbox/memory-outbox-store.ts";
export type { Outbox, OutboxCloseReport, OutboxEntry, OutboxEvent } from "./outbox/outbox.ts";
export type { OutboxOptions } from "./outbox/outbox-options.ts";
export type {
  BlobStore,
  DeliveryClaim,
  DeliveryFilter,
  DeliveryRow,
  DeliveryState,
  EndState,
  NewDelivery,
  OutboxStore,
  Recorded,
  Settlement,
} from "./outbox/outbox-store.ts";
