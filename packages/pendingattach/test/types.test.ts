import { expectTypeOf, test } from "vitest";
import type { Readable } from "node:stream";
import type { blobStoreConformance } from "../src/conformance.ts";
import { attachFile, diskBlobStore } from "../src/fs.ts";
import type {
  AttachErrorCode,
  AttachmentHub,
  BlobStore,
  FileData,
  Logger,
  PendingAttachments,
  PendingFile,
} from "../src/index.ts";
import { createAttachmentHub, memoryBlobStore } from "../src/index.ts";

test("createAttachmentHub(), the stores and attachFile() give what the seams name", () => {
  expectTypeOf(createAttachmentHub).returns.toEqualTypeOf<AttachmentHub>();
  expectTypeOf(memoryBlobStore).returns.toEqualTypeOf<BlobStore>();
  expectTypeOf(diskBlobStore).returns.toEqualTypeOf<BlobStore>();
  expectTypeOf(attachFile).returns.toEqualTypeOf<Promise<PendingFile>>();
  expectTypeOf(test).toExtend<Parameters<typeof blobStoreConformance>[0]>();
});

test("a PendingFile fits what a delivery takes, as far as it says so by structure", () => {
  interface OutgoingFile {
    readonly name: string;
    readonly mediaType: string;
    readonly size: number;
    readonly alt?: string | undefined;
    stream(): ReadableStream<Uint8Array>;
  }
  expectTypeOf<PendingFile>().toExtend<OutgoingFile>();
});

test("Node's streams and buffers are FileData, and a console is a Logger", () => {
  expectTypeOf<Readable>().toExtend<FileData>();
  expectTypeOf<Buffer>().toExtend<FileData>();
  expectTypeOf<Console>().toExtend<Logger>();
});

test("drain() gives what the sink gives, and undefined where it may not be called", () => {
  const drain = (bag: PendingAttachments) =>
    [
      bag.drain(() => 7),
      bag.drain(async () => 7, { whenEmpty: "skip" }),
      bag.drain(() => 7, { whenEmpty: "call" }),
    ] as const;
  expectTypeOf(drain).returns.toEqualTypeOf<
    readonly [Promise<number | undefined>, Promise<number | undefined>, Promise<number>]
  >();
});

test("every code says which package spoke", () => {
  expectTypeOf<AttachErrorCode>().toExtend<`ATTACH_${string}`>();
});
