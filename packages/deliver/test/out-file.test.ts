import { expect, test } from "vitest";
import { outFile } from "../src/index.ts";

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

test("outFile() makes a file of a string in UTF-8", async () => {
  const file = outFile("report.md", "größe", "text/markdown");
  expect(file).toMatchObject({ name: "report.md", mediaType: "text/markdown", size: 7 });
  expect(await read(file.stream())).toBe("größe");
});

test("outFile() gives a new stream at each call", async () => {
  const file = outFile("a.txt", "text");
  expect(await read(file.stream())).toBe("text");
  expect(await read(file.stream())).toBe("text");
});

test("outFile() copies bytes, so that a change afterwards does not reach the reader", async () => {
  const bytes = new TextEncoder().encode("before");
  const file = outFile("a.bin", bytes);
  bytes.fill(0);
  expect(await read(file.stream())).toBe("before");
});

test("outFile() takes a media type from the kind of the data when none is given", () => {
  expect(outFile("a", "text").mediaType).toBe("text/plain");
  expect(outFile("a", new Uint8Array(1)).mediaType).toBe("application/octet-stream");
});

test("outFile() throws a TypeError for a name or data of another kind", () => {
  expect(() => outFile("", "text")).toThrow(
    new TypeError("Cannot make file: 'name' must be a non-empty string: received \"\""),
  );
  expect(() => outFile("a", 1 as unknown as string)).toThrow(
    new TypeError("Cannot make file: 'data' must be a string or a Uint8Array: received number"),
  );
});
