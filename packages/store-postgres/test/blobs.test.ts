import type { Pool } from "pg";
import { expect, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import { handStream } from "./hand-stream.ts";
import {
  closing,
  failureOf,
  openClient,
  openPool,
  openStore,
  openWatched,
  unique,
  untilBlocked,
  useServer,
  watchedPool,
} from "./open-store.ts";
import { openProxy } from "./server/proxy.ts";

const { url } = useServer();
const chunkBytes = 2 ** 17;
const serializable = "-c default_transaction_isolation=serializable";
const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };

async function countRows(pool: Pool, schema: string): Promise<number[]> {
  const count = (table: string): string => `(select count(*) from ${schema}.${table})::int`;
  const { rows } = await pool.query(`select ${count("blobs")} as blobs, ${count("blob_chunks")} as chunks`);
  return [rows[0].blobs, rows[0].chunks];
}

async function waitForChunks(pool: Pool, schema: string, count: number): Promise<void> {
  while (((await countRows(pool, schema))[1] ?? 0) < count);
}

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
}

test("putBlob() writes rows of 128 KiB as they come, and nobody sees them before the last", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const { stream, controller } = handStream();
  const put = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(3 * chunkBytes));
  await waitForChunks(pool, schema, 3);
  await expect(new Response(store.openBlob("a")).bytes()).rejects.toMatchObject({ code: "STORE_NO_BLOB" });
  controller.enqueue(new Uint8Array([7]));
  controller.close();
  expect(await put).toEqual({ size: 3 * chunkBytes + 1 });
  const { rows } = await pool.query(`select length(bytes) from ${schema}.blob_chunks order by number`);
  expect(rows.map(({ length }) => length)).toEqual([chunkBytes, chunkBytes, chunkBytes, 1]);
  const expected = Buffer.concat([bytesOf(3 * chunkBytes), new Uint8Array([7])]);
  expect(expected.equals(await new Response(store.openBlob("a")).bytes())).toBe(true);
});

test.each([
  ["more than maxBytes", 2 * chunkBytes, RangeError],
  ["a chunk that is no bytes", Infinity, TypeError],
])("putBlob() of %s leaves nothing behind and cancels the stream", async (what, maxBytes, kind) => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const { stream, controller, isCancelled } = handStream();
  const put = store.putBlob("a", stream, maxBytes);
  controller.enqueue(bytesOf(chunkBytes));
  await waitForChunks(pool, schema, 1);
  controller.enqueue(what.startsWith("more") ? bytesOf(chunkBytes + 1) : ("text" as unknown as Uint8Array));
  await expect(put).rejects.toBeInstanceOf(kind);
  expect(isCancelled()).toBe(true);
  expect(await countRows(pool, schema)).toEqual([0, 0]);
});

test("putBlob() onto a disk that is full rejects with STORE_FULL, cancels the stream and keeps what was there", async () => {
  const { store, pool, schema } = openStore(url());
  await store.putBlob("a", new Blob(["old"]).stream(), 3);
  await pool.query(`create function ${schema}.full() returns trigger language plpgsql as
      $$ begin raise exception 'no space' using errcode = '53100'; end $$;
    create trigger full_disk before insert on ${schema}.blob_chunks for each row when (new.number = 2) execute function ${schema}.full()`);
  const { stream, controller, isCancelled } = handStream();
  const put = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(4 * chunkBytes));
  await expect(put).rejects.toMatchObject({
    code: "STORE_FULL",
    retryable: true,
    message: "Cannot put blob: the server's disk is full (53100)",
  });
  expect(isCancelled()).toBe(true);
  expect(await new Response(store.openBlob("a")).text()).toBe("old");
  expect(await countRows(pool, schema)).toEqual([1, 1]);
});

test("putBlob() whose backend is killed in the middle rejects with STORE_UNAVAILABLE and leaves nothing half done", async () => {
  const { store, pool, schema } = openStore(url());
  await store.putBlob("a", new Blob(["old"]).stream(), 3);
  const { stream, controller, isCancelled } = handStream();
  const lost = failureOf(store.putBlob("a", stream, Infinity));
  controller.enqueue(bytesOf(2 * chunkBytes));
  await waitForChunks(pool, schema, 3);
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.blob_chunks in share mode`);
  controller.enqueue(bytesOf(chunkBytes));
  await admin.query("select pg_terminate_backend($1)", [await untilBlocked(url(), "write_blob_chunk(")]);
  await admin.query("rollback");
  expect(await lost).toMatchObject(unavailable);
  expect(isCancelled()).toBe(true);
  expect(await new Response(store.openBlob("a")).text()).toBe("old");
  expect(await countRows(pool, schema)).toEqual([1, 1]);
});

test("putBlob() whose last answer is lost has put the blob whole", async () => {
  const proxy = await openProxy(url());
  const { store, schema } = openStore(proxy.url);
  await store.putBlob("a", new Blob(["old"]).stream(), 3);
  proxy.mute();
  const lost = failureOf(store.putBlob("a", new Blob(["new"]).stream(), 3));
  await proxy.swallowed;
  proxy.cut();
  expect(await lost).toMatchObject(unavailable);
  expect(await new Response(store.openBlob("a")).text()).toBe("new");
  const pool = openPool(url());
  // The old one is there for its readers.
  expect(await countRows(pool, schema)).toEqual([2, 2]);
});

test("putBlob() whose first answer is lost leaves nothing of it behind", async () => {
  const proxy = await openProxy(url());
  const { store, schema } = openStore(proxy.url);
  await store.migrate();
  const { stream, controller } = handStream();
  proxy.mute();
  const lost = failureOf(store.putBlob("a", stream, Infinity));
  controller.enqueue(bytesOf(chunkBytes));
  await proxy.swallowed;
  proxy.cut();
  expect(await lost).toMatchObject(unavailable);
  expect(await countRows(openPool(url()), schema)).toEqual([0, 0]);
});

test("deleteBlob() leaves no chunk, and putBlob() none of what was replaced ten minutes ago", async () => {
  const { store, pool, schema } = openStore(url());
  const pass = (time: string): Promise<unknown> =>
    pool.query(`update ${schema}.blobs set written_at = written_at - interval '${time}' where key is null`);
  await store.putBlob("a", new Blob([bytesOf(10 * chunkBytes)]).stream(), Infinity);
  expect(await countRows(pool, schema)).toEqual([1, 10]);
  await store.putBlob("a", new Blob(["new"]).stream(), 3);
  expect(await countRows(pool, schema)).toEqual([2, 11]);
  await pass("9 minutes");
  await store.putBlob("b", new Blob(["b"]).stream(), 1);
  expect(await countRows(pool, schema)).toEqual([3, 12]);
  await pass("1 minute");
  await store.deleteBlob("b");
  expect(await countRows(pool, schema)).toEqual([1, 1]);
  await store.deleteBlob("a");
  expect(await countRows(pool, schema)).toEqual([0, 0]);
});

test("of two that put a blob at once the later one stays, whole, also where transactions are serializable", async () => {
  for (const options of ["", serializable]) {
    const { store, schema } = openStore(url(), { options });
    await store.putBlob("a", new Blob(["old"]).stream(), 3);
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema}; begin`);
    const key = "(select key from blobs where key is not null)";
    await admin.query(`select name_blob(gen_random_uuid(), 0, 'first', ${key}, 5)`);
    const put = store.putBlob("a", new Blob(["second"]).stream(), 6);
    await untilBlocked(url(), "name_blob(");
    await admin.query("commit");
    expect(await put).toEqual({ size: 6 });
    expect(await new Response(store.openBlob("a")).text()).toBe("second");
  }
});

test("a stream of openBlob() gives the bytes that it began with, also if the blob is replaced meanwhile", async () => {
  const { store } = openStore(url());
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
  const { store } = openStore(url());
  await store.putBlob("a", new Blob([bytesOf(3 * chunkBytes)]).stream(), Infinity);
  const reader = store.openBlob("a").getReader();
  expect((await reader.read()).value?.byteLength).toBe(chunkBytes);
  await store.deleteBlob("a");
  await store.putBlob("a", new Blob([new Uint8Array(3 * chunkBytes)]).stream(), Infinity);
  await expect(reader.read()).rejects.toMatchObject({
    code: "STORE_NO_BLOB",
    retryable: false,
    message: "Cannot read blob: it was deleted or replaced meanwhile",
  });
});

test("openBlob() reads nothing before it is asked, and then a chunk in a statement", async () => {
  const { store, sent } = await openWatched(url());
  await store.putBlob("a", new Blob([bytesOf(2 * chunkBytes + 1)]).stream(), Infinity);
  sent.length = 0;
  const reader = store.openBlob("a").getReader();
  await store.deleteBlob("b");
  expect(sent.splice(0)).toEqual(["blobs", "delete_loose_blobs"]);
  await reader.read();
  expect(sent.splice(0)).toEqual(["blobs"]);
  while (!(await reader.read()).done);
  expect(sent.splice(0)).toEqual(["blob_chunks", "blob_chunks"]);
});

test("what a process that died left of a blob is deleted by the next put, once it has rested for a day", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const { stream, controller } = handStream();
  const stalled = store.putBlob("a", stream, Infinity);
  controller.enqueue(bytesOf(2 * chunkBytes));
  await waitForChunks(pool, schema, 2);
  const pass = (time: string): Promise<unknown> =>
    pool.query(`update ${schema}.blobs set written_at = written_at - interval '${time}' where key is null`);
  await pass("23 hours");
  await store.putBlob("b", new Blob(["b"]).stream(), 1);
  expect(await countRows(pool, schema)).toEqual([2, 3]);
  await pass("1 hour");
  await store.putBlob("c", new Blob(["c"]).stream(), 1);
  expect(await countRows(pool, schema)).toEqual([2, 2]);
  controller.close();
  await expect(stalled).rejects.toMatchObject({
    code: "STORE_FAILED",
    retryable: true,
    message: "Cannot put blob: its stream rested for so long that it was given up",
  });
  expect(await countRows(pool, schema)).toEqual([2, 2]);
});

test("a blob that is being deleted takes no more chunks", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const { stream, controller } = handStream();
  const put = failureOf(store.putBlob("a", stream, Infinity));
  controller.enqueue(bytesOf(2 * chunkBytes));
  await waitForChunks(pool, schema, 2);
  // As another process does that is at it.
  await pool.query(`update ${schema}.blobs set written_at = now() - interval '1 day'`);
  await pool.query(`select ${schema}.delete_loose_blobs(1)`);
  controller.enqueue(bytesOf(chunkBytes));
  expect(await put).toMatchObject({ code: "STORE_FAILED", retryable: true });
});

test("64 chunks of a blob are deleted in a statement", async () => {
  const { store, sent } = await openWatched(url());
  await store.putBlob("a", new Blob([bytesOf(64 * chunkBytes)]).stream(), Infinity);
  sent.length = 0;
  await store.deleteBlob("a");
  expect(sent).toEqual(["blobs", ...Array.from({ length: 3 }, () => "delete_loose_blobs")]);
});

test("putBlob() after close() rejects with STORE_CLOSED and cancels the stream, and a stream that rests does not hold up close()", async () => {
  const { store } = openStore(url());
  await store.migrate();
  const { stream, controller, isCancelled } = handStream();
  const put = failureOf(store.putBlob("a", stream, Infinity));
  await store.close();
  controller.enqueue(bytesOf(chunkBytes));
  expect(await put).toMatchObject({ code: "STORE_CLOSED" });
  expect(isCancelled()).toBe(true);
  await expect(store.openBlob("a").getReader().read()).rejects.toMatchObject({ code: "STORE_CLOSED" });
});

test.each([
  ["a Uint8Array", new Uint8Array(2)],
  ["a Buffer", Buffer.alloc(2)],
])(
  "putBlob() copies each chunk before it asks for the next: a source may use %s for all",
  async (_, chunk) => {
    const { store } = openStore(url());
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

test("putBlob() asks for no more bytes while a chunk of its stream is written", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.blobs`);
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulls += 1;
        if (pulls > 3) controller.close();
        else controller.enqueue(bytesOf(chunkBytes));
      },
    },
    { highWaterMark: 0 },
  );
  const put = store.putBlob("a", stream, Infinity);
  await untilBlocked(url(), "write_blob_chunk(");
  expect(pulls).toBe(1);
  await admin.query("rollback");
  expect(await put).toEqual({ size: 3 * chunkBytes });
  expect(await countRows(pool, schema)).toEqual([1, 3]);
});

test("putBlob() resolves also if what was left long before cannot be deleted", async () => {
  const schema = unique("schema");
  const pool = watchedPool(openPool(url()), (text) => {
    if (/^select .*delete_loose_blobs/.test(text)) throw new Error("lost");
  });
  const store = closing(postgresStore({ pool, schema }));
  expect(await store.putBlob("a", new Blob(["new"]).stream(), 3)).toEqual({ size: 3 });
  expect(await new Response(store.openBlob("a")).text()).toBe("new");
});

test("a key of a blob may be a hundred thousand characters long, and half a character", async () => {
  const { store } = openStore(url());
  const keys = ["x".repeat(100_000), `${"x".repeat(99_999)}y`, "\ud83d", "\ud83e", "\ufffd"];
  for (const [index, key] of keys.entries()) await store.putBlob(key, new Blob([`${index}`]).stream(), 1);
  for (const [index, key] of keys.entries()) {
    expect(await new Response(store.openBlob(key)).text()).toBe(`${index}`);
  }
});
