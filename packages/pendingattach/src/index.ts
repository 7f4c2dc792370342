/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Files made during a run: held within limits, under safe names, and handed over once.
 *
 * Runs in any JavaScript runtime; what works on files of a disk is at `@executus/pendingattach/fs`.
 *
 * @module
 */
export type { ActiveKind } from "./active-kind.ts";
export type * from "./attachments.ts";
export type { BlobStore, StoredBlob } from "./blob-store.ts";
export type { AttachmentHub, AttachmentHubOptions, OpenOptions } from "./create-attachment-hub.ts";
export { createAttachmentHub } from "./create-attachment-hub.ts";
export type { AttachErrorCode, AttachErrorDetails } from "./errors.ts";
export { AttachError } from "./errors.ts";
export type { FileData } from "./file-data.ts";
export type { Logger } from "./internal/logger.ts";
export type { AttachmentLimit, AttachmentLimits } from "./limits.ts";
export { memoryBlobStore } from "./memory-blob-store.ts";
export type { FileFacts, FileOrigin, PendingFile } from "./pending-file.ts";
export type { AttachmentPolicy } from "./policy.ts";
export { safeName, type SafeNameOptions } from "./safe-name.ts";
export { type Sniffer, sniffMediaType } from "./sniffer.ts";
export { uniqueName, type UniqueNameOptions } from "./unique-name.ts";
