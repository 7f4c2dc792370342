import { expect, test } from "vitest";
import { type BlobStore, memoryBlobStore } from "../src/index.ts";
import { bytes, drivenSource, openBag, settled, textOf, watchedStore } from "./bag-scene.ts";

const failure = new Error("disk full");

function fail(): never {
  throw failure;
}

function store(methods: Partial<BlobStore>): BlobStore {
  return { ...memoryBlobStore(), ...methods };
}

test.each<[string, () => never | Promise<never>]>([
  ["rejects", () => Promise.reject(failure)],
  ["throws", fail],
])("add() tells of a store that %s as ATTACH_STORE, and frees what it reserved", async (_, putBlob) => {
  let isBroken = true;
  const inner = memoryBlobStore();
  const limits = { maxFiles: 1 };
  const bag = openBag({
    limits,
    store: { ...inner, putBlob: (...given) => (isBroken ? putBlob() : inner.putBlob(...given)) },
  });
  await expect(bag.add({ name: "a.txt", data: "x" })).rejects.toMatchObject({
    code: "ATTACH_STORE",
    message: "Cannot attach file: it could not be stored",
    retryable: true,
    cause: failure,
  });
  expect(bag.rejected()).toEqual([{ name: "a.txt", code: "ATTACH_STORE", size: 1 }]);
  isBroken = false;
  expect(await bag.add({ name: "a.txt", data: "x" })).toMatchObject({ name: "a.txt" });
});

test("add() frees a blob that the store kept although it said that it did not", async () => {
  const kept = watchedStore();
  const putBlob: BlobStore["putBlob"] = async (key, source, maxBytes) => {
    await kept.putBlob(key, source, maxBytes);
    throw failure;
  };
  await expect(openBag({ store: { ...kept, putBlob } }).add({ data: "x" })).rejects.toMatchObject({
    code: "ATTACH_STORE",
  });
  await settled();
  expect(kept.keys.size).toBe(0);
});

test.each<[string, (source: ReadableStream<Uint8Array>) => Promise<{ size: number }>]>([
  ["reads nothing", async () => ({ size: 1 })],
  ["resolves with nothing", async () => undefined as never],
  [
    "stops in the middle",
    async (source) => {
      const reader = source.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      return { size: value?.byteLength ?? 0 };
    },
  ],
  ["counts wrongly", async (source) => ({ size: (await new Response(source).arrayBuffer()).byteLength - 1 })],
  [
    "gives no size",
    async (source) => {
      await new Response(source).arrayBuffer();
      return {} as never;
    },
  ],
])("add() does not believe a store that %s", async (_, putBlob) => {
  const bag = openBag({ store: store({ putBlob: (_key, source) => putBlob(source) }) });
  // Two blocks exactly: a store that took one of them has counted what it was given.
  async function* blocks(): AsyncGenerator<Uint8Array> {
    yield bytes(65_536);
    yield bytes(65_536);
  }
  await expect(bag.add({ data: blocks() })).rejects.toMatchObject({ code: "ATTACH_STORE" });
  expect(bag.rejected()).toMatchObject([{ code: "ATTACH_STORE" }]);
  expect(bag.list()).toEqual([]);
});

test.each<[string, number, () => Promise<void>]>([
  ["while it waits for the source", 65_536, settled],
  ["as it asks for bytes that are there", 131_072, async () => {}],
])("add() tells of a store that gives up %s, and says so later, as ATTACH_STORE", async (_, given, wait) => {
  const putBlob: BlobStore["putBlob"] = async (_key, stream) => {
    const reader = stream.getReader();
    await reader.read();
    void reader.read();
    await wait();
    void reader.cancel(failure);
    await settled();
    throw failure;
  };
  const source = drivenSource();
  const added = openBag({ store: store({ putBlob }) }).add({ data: source.stream });
  source.give(bytes(given));
  await expect(added).rejects.toMatchObject({ code: "ATTACH_STORE", cause: failure });
  expect(source.cancelled).toBe(failure);
});

test("add() to a store that never answers ends with its signal, with a drain, and with a close", async () => {
  const hanging = store({ putBlob: () => new Promise(() => {}) });
  const reason = new Error("stop");
  const control = new AbortController();
  const bag = openBag({ store: hanging });
  const added = bag.add({ data: "x" }, { signal: control.signal });
  control.abort(reason);
  await expect(added).rejects.toBe(reason);
  const ends = Promise.allSettled([bag.add({ data: "y" })]);
  await bag.drain(() => {}, { whenEmpty: "call" });
  expect(await ends).toMatchObject([{ reason: { code: "ATTACH_CLOSED" } }]);
  const other = openBag({ store: hanging });
  const end = Promise.allSettled([other.add({ data: "z" })]);
  await other.close("discard");
  expect(await end).toMatchObject([{ reason: { code: "ATTACH_CLOSED" } }]);
});

test("drain() and close() do not wait for a store that never deletes, and report one that fails to", async () => {
  const warnings: string[] = [];
  const logger = { warn: (_: object, message: string): void => void warnings.push(message) };
  const hanging = openBag({ store: store({ deleteBlob: () => new Promise(() => {}) }) });
  await hanging.add({ data: "x" });
  await expect(hanging.drain(() => "sent")).resolves.toBe("sent");
  await hanging.close("ok");
  const deletes = [() => Promise.reject(failure), fail];
  for (const deleteBlob of deletes) {
    const bag = openBag({ store: store({ deleteBlob }), logger });
    await bag.add({ data: "x" });
    await bag.close("discard");
  }
  await settled();
  expect(warnings).toEqual(Array(2).fill("Cannot delete the bytes of an attachment"));
});

test("bytes() rejects with ATTACH_STORE when the store gives more or less than it took", async () => {
  for (const given of ["ab", "abcd"]) {
    const bag = openBag({ store: store({ openBlob: () => new Blob([given]).stream() }) });
    const file = await bag.add({ data: "abc" });
    await expect(file.bytes()).rejects.toMatchObject({
      code: "ATTACH_STORE",
      message: `Cannot read file: the store gave ${given.length} of its 3 bytes`,
    });
  }
});

test("a failure of openBlob() passes through to the reader as it is", async () => {
  const openBlob = (): ReadableStream<Uint8Array> => {
    return new ReadableStream({ start: (controller) => controller.error(failure) });
  };
  const bag = openBag({ store: store({ openBlob }) });
  const file = await bag.add({ data: "abc" });
  await expect(textOf(file)).rejects.toBe(failure);
});

test("names go in the order of the calls, whichever the store reads first", async () => {
  const inner = memoryBlobStore();
  const first = Promise.withResolvers<void>();
  let puts = 0;
  const putBlob: BlobStore["putBlob"] = async (...given) => {
    puts += 1;
    if (puts === 1) await first.promise;
    return inner.putBlob(...given);
  };
  const bag = openBag({ store: { ...inner, putBlob } });
  const slow = bag.add({ name: "a.txt", data: "one" });
  const quick = await bag.add({ name: "a.txt", data: "two" });
  first.resolve();
  expect([(await slow).name, quick.name]).toEqual(["a.txt", "a (2).txt"]);
});

test("a store is told when a file ends before its source, and keeps nothing of it", async () => {
  const kept = watchedStore();
  const ends: string[] = [];
  const putBlob: BlobStore["putBlob"] = async (...given) => {
    try {
      return await kept.putBlob(...given);
    } catch (error) {
      ends.push((error as Error).message);
      throw error;
    }
  };
  const bag = openBag({ store: { ...kept, putBlob } });
  const control = new AbortController();
  const source = drivenSource();
  const added = Promise.allSettled([bag.add({ data: source.stream }, { signal: control.signal })]);
  source.give(bytes(100_000));
  await settled();
  control.abort(new Error("stop"));
  await added;
  await settled();
  expect([ends, kept.keys.size]).toEqual([["stop"], 0]);
});
