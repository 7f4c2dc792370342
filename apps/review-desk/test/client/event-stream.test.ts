import fc from "fast-check";
import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "../../src/client/event-stream.ts";

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of places.entries()) yield bytes.subarray(from, places[index + 1] ?? bytes.length);
}

function readAll(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  return Array.fromAsync(readEvents(inPieces(text, cuts)));
}

test("readEvents() gives id and data, and reads over comments and other fields", async () => {
  expect(
    await readAll(': hi\n\nid: 1\nevent: x\ndata: {"a":1}\n\ndata:two\ndata: lines\n\nretry: 1\n\n'),
  ).toEqual([
    { id: "1", data: '{"a":1}' },
    { id: "1", data: "two\nlines" },
  ]);
});

test("readEvents() does not give an event that was cut off", async () => {
  expect(await readAll("id: 1\ndata: a\n\nid: 2\ndata: b\n")).toEqual([{ id: "1", data: "a" }]);
});

test("readEvents() reads the same wherever the bytes are cut, with any line ends", async () => {
  const events = 'id: 1\ndata: {"é":"🙂"}\n\nid: 2\ndata: b\ndata:\n\n';
  const ends = fc.constantFrom("\n", "\r\n", "\r");
  await fc.assert(
    fc.asyncProperty(ends, fc.array(fc.nat(200), { maxLength: 8 }), async (end, cuts) => {
      expect(await readAll(events.replaceAll("\n", end), cuts)).toEqual([
        { id: "1", data: '{"é":"🙂"}' },
        { id: "2", data: "b\n" },
      ]);
    }),
  );
});

test("readEvents() refuses an event without an end", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(100_000, "x");
  }
  await expect(Array.fromAsync(readEvents(endless()))).rejects.toThrow("longer than 1000000 characters");
});
