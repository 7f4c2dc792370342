import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createDeleteBlob } from "../src/blobs/delete-blob.ts";
import { createDeleteLoose } from "../src/blobs/delete-loose.ts";
import { openSqliteStore } from "../src/index.ts";
import { openParts, type Parts } from "./open-parts.ts";
import { temporaryFile } from "./temporary-file.ts";

const chunkBytes = 2 ** 17;
const dayMs = 24 * 3_600_000;

function countRows({ database }: Parts): number[] {
  return ["blobs", "blob_chunks"].map((table) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]),
  );
}

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
}

/** A stream whose chunks the test gives one by one. */
function handStream(): {
  readonly stream: ReadableStream<Uint8Array>;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly isCancelled: () => boolean;
} {
  let given: ReadableStreamDefaultController<Uint8Array> | undefined;
  let wasCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (given = controller),
    cancel: () => void (wasCancelled = true),
  });
  return {
    stream,
    controller: given as ReadableStreamDefaultController<Uint8Array>,
    isCancelled: () => wasCancelled,
  };
}

/** Lets the event loop turn until so many chunks are in the file. */
async function waitForChunks(parts: Parts, count: number): Promise<void> {
  while ((countRows(parts)[1] ?? 0) < count) await new Promise((resolve) => setImmediate(resolve));
}

test("putBlob() takes bytes of another realm", async () => {
  const { store } = await openParts();
  const foreign = runInNewContext("new Uint8Array([97, 98, 99])") as Uint8Array;
  await store.putBlob("a", ReadableStream.from([foreign]), Infinity);
  expect(await new Response(store.openBlob("a")).text()).toBe("abc");
});

test("putBlob() writes chunks as they come, and nobody sees them before the last", async () => {
  const parts = await openParts();
  const { store } = parts;
  const { stream, controller } = handStream();
  const put = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(3 * chunkBytes));
  await waitForChunks(parts, 3);
  await expect(new Response(store.openBlob("a")).bytes()).rejects.toMatchObject({ code: "STORE_NO_BLOB" });
  controller.enqueue(new Uint8Array([7]));
  controller.close();
  expect(await put).toEqual({ size: 3 * chunkBytes + 1 });
  const expected = Buffer.concat([bytesOf(3 * chunkBytes), new Uint8Array([7])]);
  expect(expected.equals(await new Response(store.openBlob("a")).bytes())).toBe(true);
});

test.each([
  ["more than maxBytes", 2 * chunkBytes, RangeError],
  ["a chunk that is no bytes", Infinity, TypeError],
])("putBlob() of %s leaves nothing behind and cancels the stream", async (what, maxBytes, kind) => {
  const parts = await openParts();
  const { stream, controller, isCancelled } = handStream();
  const put = parts.store.putBlob("a", stream, maxBytes);
  controller.enqueue(bytesOf(chunkBytes));
  await waitForChunks(parts, 1);
  const next = what.startsWith("more") ? bytesOf(chunkBytes + 1) : ("text" as unknown as Uint8Array);
  controller.enqueue(next);
  await expect(put).rejects.toBeInstanceOf(kind);
  expect(isCancelled()).toBe(true);
  expect(countRows(parts)).toEqual([0, 0]);
});

test("putBlob() into a file that is full rejects with STORE_FULL, cancels the stream and keeps what was there", async () => {
  const parts = await openParts();
  const { store, database } = parts;
  await store.putBlob("a", new Blob(["old"]).stream(), 3);
  const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  database.exec(`PRAGMA max_page_count = ${pages + 40}`);
  const { stream, controller, isCancelled } = handStream();
  const put = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(4 * chunkBytes));
  await expect(put).rejects.toMatchObject({ code: "STORE_FULL" });
  expect(isCancelled()).toBe(true);
  expect(await new Response(store.openBlob("a")).text()).toBe("old");
  expect(countRows(parts)).toEqual([1, 1]);
});

test("deleteBlob() leaves no chunk, and putBlob() none of what was replaced ten minutes ago", async () => {
  const clock = { at: 1_000 };
  const parts = await openParts({ clock: () => clock.at });
  const { store } = parts;
  await store.putBlob("a", new Blob([bytesOf(40 * chunkBytes)]).stream(), Infinity);
  expect(countRows(parts)).toEqual([1, 40]);
  await store.putBlob("a", new Blob(["new"]).stream(), 3);
  expect(countRows(parts)).toEqual([2, 41]);
  clock.at += 599_999;
  await store.putBlob("b", new Blob(["b"]).stream(), 1);
  expect(countRows(parts)).toEqual([3, 42]);
  clock.at += 1;
  await store.deleteBlob("b");
  expect(countRows(parts)).toEqual([1, 1]);
  await store.deleteBlob("a");
  expect(countRows(parts)).toEqual([0, 0]);
});

test("of two that put a blob at once the later one stays, whole", async () => {
  const parts = await openParts();
  const { store } = parts;
  const [one, two] = [handStream(), handStream()];
  const puts = [store.putBlob("a", one.stream, Infinity), store.putBlob("a", two.stream, Infinity)];
  one.controller.enqueue(bytesOf(chunkBytes));
  two.controller.enqueue(new Uint8Array(chunkBytes).fill(2));
  await waitForChunks(parts, 2);
  two.controller.close();
  await puts[1];
  one.controller.close();
  await puts[0];
  expect(Buffer.from(bytesOf(chunkBytes)).equals(await new Response(store.openBlob("a")).bytes())).toBe(true);
});

test("a stream of openBlob() gives the bytes that it began with, also if the blob is replaced meanwhile", async () => {
  const { store } = await openParts();
  const bytes = bytesOf(3 * chunkBytes);
  await store.putBlob("a", new Blob([bytes]).stream(), Infinity);
  const reader = store.openBlob("a").getReader();
  const read = [(await reader.read()).value ?? new Uint8Array()];
  await store.putBlob("a", new Blob([new Uint8Array(3 * chunkBytes)]).stream(), Infinity);
  for (let next = await reader.read(); !next.done; next = await reader.read()) read.push(next.value);
  expect(read).toHaveLength(3);
  expect(Buffer.concat(read).equals(bytes)).toBe(true);
});

test("a stream of openBlob() whose blob is deleted fails, and gives no byte of another", async () => {
  const { store } = await openParts();
  await store.putBlob("a", new Blob([bytesOf(3 * chunkBytes)]).stream(), Infinity);
  const reader = store.openBlob("a").getReader();
  expect((await reader.read()).value?.byteLength).toBe(chunkBytes);
  await store.deleteBlob("a");
  await store.putBlob("a", new Blob([new Uint8Array(3 * chunkBytes)]).stream(), Infinity);
  await expect(reader.read()).rejects.toMatchObject({ code: "STORE_NO_BLOB" });
});

test("openBlob() reads nothing before it is asked, and then a chunk at a time", async () => {
  const { store, queue } = await openParts();
  await store.putBlob("a", new Blob([bytesOf(2 * chunkBytes)]).stream(), Infinity);
  const stream = store.openBlob("a");
  await store.putBlob("a", new Blob(["new"]).stream(), 3);
  expect(await new Response(stream).text()).toBe("new");
  const reader = store.openBlob("a").getReader();
  await queue.close();
  await expect(reader.read()).rejects.toMatchObject({ code: "STORE_CLOSED" });
});

test("what a process that died left of a blob is deleted by the next put, once it has rested for a day", async () => {
  const clock = { at: 1_000 };
  const parts = await openParts({ clock: () => clock.at });
  const { stream, controller } = handStream();
  const stalled = parts.store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(2 * chunkBytes));
  await waitForChunks(parts, 2);
  clock.at += dayMs - 1;
  await parts.store.putBlob("b", new Blob(["b"]).stream(), 1);
  expect(countRows(parts)).toEqual([2, 3]);
  clock.at += 1;
  await parts.store.putBlob("c", new Blob(["c"]).stream(), 1);
  expect(countRows(parts)).toEqual([2, 2]);
  controller.close();
  await expect(stalled).rejects.toMatchObject({ code: "STORE_FAILED", retryable: true });
  expect(countRows(parts)).toEqual([2, 2]);
});

test("a blob that is being deleted takes no more chunks", async () => {
  const clock = { at: 1_000 };
  const parts = await openParts({ clock: () => clock.at });
  const { stream, controller } = handStream();
  const put = parts.store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(10 * chunkBytes));
  await waitForChunks(parts, 10);
  clock.at += dayMs;
  // As another process does that has time for some of it.
  createDeleteLoose(parts.database)({ at: clock.at, isSpent: () => true });
  expect(countRows(parts)).toEqual([1, 2]);
  controller.close();
  await expect(put).rejects.toMatchObject({ code: "STORE_FAILED", retryable: true });
});

test("deleting a large blob lets others have their turn in between", async () => {
  const { store, commitCount } = await openParts();
  await store.putBlob("a", new Blob([bytesOf(400 * chunkBytes)]).stream(), Infinity);
  const before = commitCount();
  await store.deleteBlob("a");
  expect(commitCount() - before).toBeGreaterThan(1);
});

test("putBlob() after close() rejects with STORE_CLOSED and cancels the stream", async () => {
  const store = await openSqliteStore({ file: await temporaryFile() });
  await store.close();
  const { stream, controller, isCancelled } = handStream();
  const put = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(chunkBytes));
  await expect(put).rejects.toMatchObject({ code: "STORE_CLOSED" });
  expect(isCancelled()).toBe(true);
});

test.each([
  ["a Uint8Array", new Uint8Array(2)],
  ["a Buffer", Buffer.alloc(2)],
])(
  "putBlob() copies each chunk before it asks for the next: a source may use %s for all",
  async (_, chunk) => {
    const { store } = await openParts();
    let count = 0;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          count += 1;
          if (count > 3) return controller.close();
          controller.enqueue(chunk.fill(count));
        },
      },
      { highWaterMark: 0 },
    );
    await store.putBlob("a", stream, 6);
    expect([...(await new Response(store.openBlob("a")).bytes())]).toEqual([1, 1, 2, 2, 3, 3]);
  },
);

test("deleteBlob() leaves alone what is put under the key before all of the old bytes are gone", async () => {
  const { database } = await openParts();
  database.exec("INSERT INTO blobs VALUES (1, 'a', 1, 0)");
  const { run, add } = createDeleteBlob(database)("a");
  const spent = { at: 0, isSpent: () => true };
  add(run(spent));
  database.exec("INSERT INTO blobs VALUES (2, 'a', 1, 0)");
  add(run(spent));
  expect(database.prepare("SELECT blob, key FROM blobs").all()).toEqual([{ blob: 2, key: "a" }]);
});

test("putBlob() resolves also if what was left long before cannot be deleted", async () => {
  const { store, database } = await openParts();
  const fail = "BEFORE DELETE ON blobs BEGIN SELECT raise(ABORT, 'no'); END";
  database.exec(`INSERT INTO blobs VALUES (1, NULL, 0, 0); CREATE TRIGGER fail ${fail}`);
  expect(await store.putBlob("a", new Blob(["new"]).stream(), 3)).toEqual({ size: 3 });
  expect(await new Response(store.openBlob("a")).text()).toBe("new");
});

test("putBlob() and deleteBlob() refuse a key that SQLite does not keep as it is", async () => {
  const { store } = await openParts();
  for (const key of ["a\0b", "\ud83e"]) {
    await expect(store.putBlob(key, new Blob(["a"]).stream(), 1)).rejects.toThrow(
      "'key' must be a string of",
    );
    await expect(store.deleteBlob(key)).rejects.toThrow("'key' must be a string of");
  }
});
