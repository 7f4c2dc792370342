/**
 * The way out: hands a finished message and its files to a person, and says in a receipt what became of it.
 *
 * Runs in any JavaScript runtime; what needs Node has an entry of its own, such as `@executus/deliver/file`.
 *
 * @module
 */
export type { Caps, Measure } from "./caps.ts";
export { createDeliverer, type DelivererOptions } from "./create-deliverer.ts";
export type { Deliverer, DeliverOptions, Destination } from "./deliverer.ts";
export { discard } from "./discard.ts";
export { DeliverError, type DeliverErrorCode } from "./errors.ts";
export type { Logger } from "./internal/logger.ts";
export type { Mentions, OutMessage } from "./message.ts";
export { type OutFile, outFile } from "./out-file.ts";
export { type Plan, plan } from "./plan/plan.ts";
export { type SplitOptions, splitText } from "./plan/split-text.ts";
export type { PartStatus, Receipt, ReceiptNote, ReceiptPart, ReceiptStatus } from "./receipt.ts";
export type { DedupeStore, PartClaim } from "./send/dedupe-store.ts";
export { memoryDedupeStore, type MemoryDedupeStoreOptions } from "./send/memory-dedupe-store.ts";
export type { RetryOptions } from "./send/retry.ts";
export { SendError, type SendErrorOptions } from "./send/send-error.ts";
export { stdout, type StdoutOptions, type TextStream } from "./stdout.ts";
export type { Part, SendContext, Sent, Transport } from "./transport.ts";
