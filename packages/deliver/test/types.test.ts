import { expectTypeOf, test } from "vitest";
import type { Deliverer, Logger, OutFile, OutMessage, Receipt, TextStream, Transport } from "../src/index.ts";
import { createDeliverer, discard, outFile, stdout } from "../src/index.ts";
import { fileTransport } from "../src/file.ts";

test("discard, stdout() and createDeliverer() are Deliverers, fileTransport() is a Transport", () => {
  expectTypeOf(discard).toEqualTypeOf<Deliverer>();
  expectTypeOf(stdout).returns.toEqualTypeOf<Deliverer>();
  expectTypeOf(createDeliverer).returns.toEqualTypeOf<Deliverer>();
  expectTypeOf(fileTransport).returns.toEqualTypeOf<Transport>();
  expectTypeOf(outFile).returns.toEqualTypeOf<OutFile>();
});

test("Node's and the web's writable streams are TextStreams, and a console is a Logger", () => {
  expectTypeOf<NodeJS.WritableStream>().toExtend<TextStream>();
  expectTypeOf<typeof process.stdout>().toExtend<TextStream>();
  expectTypeOf<WritableStreamDefaultWriter<string>>().toExtend<TextStream>();
  expectTypeOf<Console>().toExtend<Logger>();
});

test("a file with more fields, such as one held during a run, is an OutFile", () => {
  interface HeldFile {
    readonly id: string;
    readonly name: string;
    readonly mediaType: string;
    readonly size: number;
    readonly sha256: string;
    readonly alt?: string;
    stream(): ReadableStream<Uint8Array>;
    bytes(): Promise<Uint8Array>;
  }
  expectTypeOf<HeldFile>().toExtend<OutFile>();
});

test("Receipt and OutMessage hold what the documentation lists", () => {
  expectTypeOf<Receipt["status"]>().toEqualTypeOf<
    "delivered" | "partial" | "failed" | "unknown" | "discarded"
  >();
  expectTypeOf<keyof OutMessage>().toEqualTypeOf<
    "key" | "text" | "format" | "files" | "mentions" | "linkPreviews" | "overflow"
  >();
});
