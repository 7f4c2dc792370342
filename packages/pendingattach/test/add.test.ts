import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { FileData } from "../src/index.ts";
import { bytes, drivenSource, openBag, settled, textOf, watchedStore } from "./bag-scene.ts";

const sha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function* iterate(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** As bytes are that come out of a sandbox. */
const foreign = (): Uint8Array => runInNewContext("new Uint8Array([97, 98, 99])") as Uint8Array;

const abc = new TextEncoder().encode("abc");

test.each<[string, () => FileData]>([
  ["a string", () => "abc"],
  ["bytes", () => abc],
  ["a part of a buffer", () => Buffer.from("xabcx").subarray(1, 4)],
  ["an ArrayBuffer", () => abc.slice().buffer],
  ["bytes shared between threads", () => new Uint8Array(new SharedArrayBuffer(3)).map((_, at) => 97 + at)],
  ["a Blob", () => new Blob(["a", "bc"])],
  ["a web stream", () => new Blob(["abc"]).stream()],
  ["an async iterable", () => iterate(abc.subarray(0, 1), new Uint8Array(), abc.subarray(1))],
  ["bytes of another realm", foreign],
  ["an ArrayBuffer of another realm", () => foreign().buffer as ArrayBuffer],
  ["a stream of bytes of another realm", () => iterate(foreign())],
  ["a Node stream", () => Readable.from([Buffer.from("ab"), Buffer.from("c")])],
])("add() takes %s", async (_, data) => {
  const bag = openBag();
  const file = await bag.add({ name: "abc.txt", data: data(), alt: "letters" });
  expect(file).toMatchObject({
    name: "abc.txt",
    size: 3,
    sha256: sha256OfAbc,
    alt: "letters",
    active: false,
  });
  expect(await textOf(file)).toBe("abc");
  expect(await new Response(file.stream()).text()).toBe("abc");
  expect(bag.list()).toEqual([file]);
});

test("add() takes name and type of a File", async () => {
  const file = await openBag().add({ data: new File(["a,b"], "dir/sales.csv", { type: "text/csv" }) });
  expect(file).toMatchObject({ name: "sales.csv", mediaType: "text/csv", declaredType: "text/csv" });
});

test("add() takes a File that is not of Node, as libraries for forms make them", async () => {
  const inner = new Blob(["a,b"]);
  class File {
    readonly [Symbol.toStringTag] = "File";
    readonly name = "sales.csv";
    readonly type = "text/csv";
    readonly size = 3;
    stream(): ReadableStream<Uint8Array> {
      return inner.stream();
    }
  }
  const file = await openBag().add({ data: new File() as unknown as Blob });
  expect(file).toMatchObject({ name: "sales.csv", mediaType: "text/csv", size: 3 });
  expect(await textOf(file)).toBe("a,b");
});

test("add() keeps the bytes as they were when it was called, whatever becomes of the buffer", async () => {
  const bag = openBag();
  const mine = bytes(100_000);
  const added = bag.add({ data: mine });
  mine.fill(0);
  const file = await added;
  mine.fill(1);
  expect((await file.bytes()).every((byte) => byte === 7)).toBe(true);
});

test("add() keeps each chunk of a stream as it was given, also of a source that uses one buffer again", async () => {
  const one = new Uint8Array(40_000);
  async function* reuse(): AsyncGenerator<Uint8Array> {
    for (let value = 1; value <= 4; value += 1) yield one.fill(value);
    one.fill(0);
  }
  const file = await openBag().add({ data: reuse() });
  const found = await file.bytes();
  expect([1, 2, 3, 4].map((value, at) => found[at * 40_000] === value)).toEqual([true, true, true, true]);
  expect(found.some((byte) => byte === 0)).toBe(false);
});

test("bytes() gives the caller bytes of its own", async () => {
  const file = await openBag().add({ data: "abc" });
  (await file.bytes()).fill(0);
  for await (const chunk of file.stream()) chunk.fill(0);
  expect(await textOf(file)).toBe("abc");
});

test("add() of the same call with the same bytes gives the file that is there", async () => {
  const store = watchedStore();
  const bag = openBag({ store, limits: { maxFiles: 2 } });
  const source = { tool: "plot", callId: "call-1" };
  const first = await bag.add({ name: "a.csv", data: "abc", source });
  for (const data of ["abc", new Blob(["abc"]), new Blob(["abc"]).stream()]) {
    expect(await bag.add({ name: "a.csv", data, source })).toBe(first);
  }
  const other = await bag.add({ name: "a.csv", data: "abcd", source });
  expect(other.name).toBe("a (2).csv");
  // Also when the run is full: a call that is tried again needs no place.
  for (const data of ["abc", new Blob(["abc"]), new Blob(["abc"]).stream()]) {
    expect(await bag.add({ name: "a.csv", data, source })).toBe(first);
  }
  await expect(bag.add({ data: "new", source })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  await expect(bag.add({ data: "abc" })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  await settled();
  expect([bag.list().length, store.keys.size]).toEqual([2, 2]);
});

test("add() of a call that is tried again reads no more than a file may have, nor after its signal", async () => {
  const bag = openBag({ limits: { maxFiles: 1, maxFileBytes: 100 } });
  const origin = { tool: "plot", callId: "call-1" };
  await bag.add({ name: "a.csv", data: "abc", source: origin });
  const [large, slow] = [drivenSource(), drivenSource()];
  const ends = Promise.allSettled([bag.add({ name: "b.csv", data: large.stream, source: origin })]);
  large.give(bytes(101));
  expect(await ends).toMatchObject([{ reason: { code: "ATTACH_TOO_LARGE", limit: 100, observed: 101 } }]);
  expect(large.cancelled).toMatchObject({ code: "ATTACH_TOO_LARGE" });
  const control = new AbortController();
  const reason = new Error("stop");
  const aborted = bag.add({ name: "c.csv", data: slow.stream, source: origin }, { signal: control.signal });
  control.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(slow.cancelled).toBe(reason);
  const failing = drivenSource();
  failing.fail(new Error("connection reset"));
  const input = { name: "d.csv", data: failing.stream, source: origin };
  await expect(bag.add(input)).rejects.toMatchObject({ code: "ATTACH_SOURCE" });
  expect(bag.rejected().map(({ name, code }) => `${name} ${code}`)).toEqual([
    "b.csv ATTACH_TOO_LARGE",
    "c.csv ATTACH_ABORTED",
    "d.csv ATTACH_SOURCE",
  ]);
});

test("an abort at any moment of a call that is tried again gives its place back once", async () => {
  const ends = new Set<string>();
  for (let moments = 0; moments < 40; moments += 1) {
    const bag = openBag({ limits: { maxFiles: 2 } });
    const input = { name: "a.csv", data: "abc", source: { tool: "plot", callId: "call-1" } };
    await bag.add(input);
    const control = new AbortController();
    const again = Promise.allSettled([bag.add(input, { signal: control.signal })]);
    for (let left = moments; left > 0; left -= 1) await Promise.resolve();
    control.abort();
    const [end] = await again;
    ends.add(end.status);
    await bag.add({ data: "second" });
    await expect(bag.add({ data: "third" })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  }
  expect([...ends].sort()).toEqual(["fulfilled", "rejected"]);
});

test("add() ends when a sniffer aborts its signal", async () => {
  const control = new AbortController();
  const reason = new Error("stop");
  const sniff = (): undefined => {
    control.abort(reason);
  };
  const bag = openBag({ sniffer: { sniff } });
  await expect(bag.add({ data: "x" }, { signal: control.signal })).rejects.toBe(reason);
  expect(bag.list()).toEqual([]);
});

test("add() of the same call twice at a time ends as one file", async () => {
  const bag = openBag();
  const source = { tool: "plot", callId: "call-1" };
  const [one, other] = await Promise.all([1, 2].map(() => bag.add({ name: "a.csv", data: "abc", source })));
  expect(one).toBe(other);
  expect(bag.list()).toEqual([one]);
});

test("add() after remove() of the same call takes the file anew", async () => {
  const bag = openBag();
  const source = { tool: "plot", callId: "call-1" };
  const first = await bag.add({ data: "abc", source });
  bag.remove(first.id);
  expect((await bag.add({ data: "abc", source })).id).not.toBe(first.id);
});

test("add() refuses an empty file, in whatever form it comes", async () => {
  const bag = openBag();
  for (const data of ["", new Uint8Array(), new Blob([]), iterate(), iterate(new Uint8Array())]) {
    await expect(bag.add({ data })).rejects.toMatchObject({
      code: "ATTACH_EMPTY",
      message: "Cannot attach file: it is empty",
    });
  }
  await expect(bag.add({ data: "x" })).resolves.toBeDefined();
});

test("add() rejects with the reason of a signal that is aborted, before it touches anything", async () => {
  const bag = openBag();
  const reason = new Error("stop");
  const source = drivenSource();
  await expect(bag.add({ data: source.stream }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect([source.stream.locked, source.cancelled, bag.rejected()]).toEqual([false, undefined, []]);
});

test("add() rejects with the reason of its signal at once, also while the source gives nothing", async () => {
  const store = watchedStore();
  const bag = openBag({ store, limits: { maxFiles: 1 } });
  const source = drivenSource();
  const control = new AbortController();
  const reason = new Error("stop");
  const added = bag.add({ name: "slow.bin", data: source.stream }, { signal: control.signal });
  await settled();
  source.give(bytes(10));
  await settled();
  control.abort(reason);
  await expect(added).rejects.toBe(reason);
  expect(source.cancelled).toBe(reason);
  expect(bag.rejected()).toEqual([{ name: "slow.bin", code: "ATTACH_ABORTED" }]);
  await expect(bag.add({ name: "slow.bin", data: "x" })).resolves.toMatchObject({ name: "slow.bin" });
  await settled();
  expect(store.keys.size).toBe(1);
});

test("add() leaves no listener on a signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  for (const [method, by] of [
    ["addEventListener", 1],
    ["removeEventListener", -1],
  ] as const) {
    const inner = signal[method].bind(signal) as (...given: unknown[]) => void;
    signal[method] = (...given: unknown[]) => {
      listeners += by;
      inner(...given);
    };
  }
  const bag = openBag({ limits: { maxFiles: 1 } });
  await bag.add({ data: "x" }, { signal });
  await expect(bag.add({ data: "y" }, { signal })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  expect(listeners).toBe(0);
});

test("add() tells of a source that fails, or gives something else than bytes, as ATTACH_SOURCE", async () => {
  const bag = openBag({ limits: { maxFiles: 1 } });
  const failure = new Error("connection reset");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield bytes(10);
    throw failure;
  }
  await expect(bag.add({ name: "a.bin", data: failing() })).rejects.toMatchObject({
    code: "ATTACH_SOURCE",
    message: "Cannot attach file: reading its bytes failed",
    cause: failure,
  });
  const texts = Readable.from(["text"]) as AsyncIterable<never>;
  await expect(bag.add({ name: "b.bin", data: texts })).rejects.toMatchObject({ code: "ATTACH_SOURCE" });
  const broken: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      throw failure;
    },
  };
  await expect(bag.add({ data: broken })).rejects.toMatchObject({ code: "ATTACH_SOURCE", cause: failure });
  expect(bag.rejected().map(({ code }) => code)).toEqual(["ATTACH_SOURCE", "ATTACH_SOURCE", "ATTACH_SOURCE"]);
  expect(bag.list()).toEqual([]);
  await expect(bag.add({ data: "x" })).resolves.toBeDefined();
});

test("list() is in the order of the calls, not of the ends", async () => {
  const bag = openBag();
  const source = drivenSource();
  const slow = bag.add({ name: "slow.txt", data: source.stream });
  await bag.add({ name: "quick.txt", data: "x" });
  source.give(bytes(3));
  source.end();
  await slow;
  expect(bag.list().map(({ name }) => name)).toEqual(["slow.txt", "quick.txt"]);
});

test("the names a.txt, A.TXT and twins in Unicode form end as distinct ones, in the order of the calls", async () => {
  const bag = openBag();
  const names = ["a.txt", "A.TXT", "\u00e9.md", "e\u0301.md", undefined, undefined];
  const files = await Promise.all(names.map((name) => bag.add({ name, data: "x" })));
  expect(files.map(({ name }) => name)).toEqual([
    "a.txt",
    "A (2).TXT",
    "\u00e9.md",
    "\u00e9 (2).md",
    "file.txt",
    "file (2).txt",
  ]);
});

test("rejected() lists every refusal with a safe name, its code and size, and no more than 1,000", async () => {
  const bag = openBag({ limits: { maxFileBytes: 3 } });
  const refusals = Array.from({ length: 1_100 }, () => bag.add({ name: "../x\u202e.txt", data: "long" }));
  await Promise.allSettled(refusals);
  expect(bag.rejected()).toHaveLength(1_000);
  expect(bag.rejected()[0]).toEqual({ name: "x.txt", code: "ATTACH_TOO_LARGE", size: 4 });
});

test.each([
  [{ data: 7 }, /^Cannot attach file: 'data' must be a string, bytes, a Blob.*: received number$/],
  [{ data: null }, /'data' must be/],
  [{ data: new Uint16Array(2) }, /'data' must be/],
  [{ data: "x", name: 7 }, /^Cannot attach file: 'name' must be a string: received number$/],
  [{ data: "x", mediaType: null }, /^Cannot attach file: 'mediaType' must be a string: received null$/],
  [{ data: "x", alt: 1 }, /'alt' must be a string/],
  [{ data: "x", source: { tool: "a" } }, /'source.callId' must be a string: received undefined$/],
  [{ data: "x", source: null }, /^Cannot attach file: 'source.tool' must be a string: received undefined$/],
  [undefined, /^Cannot attach file: 'input' must be an object: received undefined$/],
])("add() rejects with a TypeError for %j, and lists nothing", async (input, message) => {
  const bag = openBag();
  await expect(bag.add(input as never)).rejects.toThrow(message);
  await expect(bag.add(input as never)).rejects.toBeInstanceOf(TypeError);
  expect(bag.rejected()).toEqual([]);
});

test("add() rejects with a TypeError for a stream that somebody reads, and for what is no signal", async () => {
  const { stream } = drivenSource();
  stream.getReader();
  await expect(openBag().add({ data: stream })).rejects.toThrow(
    /'data' is a stream that somebody else is reading/,
  );
  await expect(openBag().add({ data: "x" }, { signal: {} as never })).rejects.toThrow(/'signal' must be/);
});
