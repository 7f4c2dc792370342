/**
 * The way out: hands a finished message and its files to a person, and says in a receipt what became of it.
 *
 * Runs in any JavaScript runtime; the transport that writes files is at `@executus/deliver/file`.
 *
 * @module
 */
export type { DelivererOptions } from "./create-deliverer.ts";
export { createDeliverer } from "./create-deliverer.ts";
export type { Deliverer, DeliverOptions, Destination } from "./deliverer.ts";
export { discard } from "./discard.ts";
export type { DeliverErrorCode } from "./errors.ts";
export { DeliverError } from "./errors.ts";
export type { Logger } from "./internal/logger.ts";
export type { OutMessage } from "./message.ts";
export type { OutFile } from "./out-file.ts";
export { outFile } from "./out-file.ts";
export type { PartStatus, Receipt, ReceiptNote, ReceiptPart, ReceiptStatus } from "./receipt.ts";
export type { StdoutOptions } from "./stdout.ts";
export { stdout } from "./stdout.ts";
export type { TextStream } from "./text-stream.ts";
export type { SendContext, Transport } from "./transport.ts";
