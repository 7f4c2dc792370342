import assert from "node:assert/strict";
import type { BlobStore } from "../outbox/outbox-store.ts";
import type { OutboxTest } from "./outbox-context.ts";
import { assertRefused, noNames } from "./suite.ts";

/** A stream of so many bytes, a chunk at a time, and if it was cancelled. */
function bytesOf(...chunks: readonly number[]): {
  stream: ReadableStream<Uint8Array>;
  cancelled: () => boolean;
} {
  let [index, wasCancelled] = [0, false];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const size = chunks[index];
        index += 1;
        if (size === undefined) controller.close();
        else controller.enqueue(new Uint8Array(size).fill(index));
      },
      cancel: () => void (wasCancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { stream, cancelled: () => wasCancelled };
}

async function read(store: BlobStore, key: string): Promise<number[]> {
  return [...new Uint8Array(await new Response(store.openBlob(key)).arrayBuffer())];
}

async function assertBytes(store: BlobStore, key: string, expected: readonly number[]): Promise<void> {
  const bytes = await read(store, key).catch((error: unknown) =>
    assert.fail(`cannot read: ${String(error)}`),
  );
  assert.deepEqual(bytes, expected);
}

export function blobTests(test: OutboxTest): void {
  test("putBlob() keeps the bytes, and openBlob() gives them from the first on each time", async (context) => {
    const { store, second, unique } = context;
    const [key, empty, other] = [unique("blob"), unique("blob"), await second()];
    assert.deepEqual(await store.putBlob(key, bytesOf(2, 0, 3).stream, 5), { size: 5 });
    assert.deepEqual(await store.putBlob(empty, bytesOf().stream, 0), { size: 0 });
    await assertBytes(store, key, [1, 1, 3, 3, 3]);
    await assertBytes(other, key, [1, 1, 3, 3, 3]);
    await assertBytes(store, empty, []);
  });

  test("putBlob() keeps a megabyte byte for byte", async ({ store, unique }) => {
    const key = unique("blob");
    const bytes = Uint8Array.from({ length: 1_048_577 }, (_, index) => (index * 31) % 256);
    await store.putBlob(key, new Blob([bytes]).stream(), Infinity);
    assert.ok(Buffer.from(bytes).equals(Buffer.from(await new Response(store.openBlob(key)).arrayBuffer())));
  });

  test("putBlob() copies what it keeps", async ({ store, unique }) => {
    const key = unique("blob");
    const chunk = new Uint8Array([1, 2, 3]);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    await store.putBlob(key, stream, 3);
    chunk.fill(9);
    await assertBytes(store, key, [1, 2, 3]);
  });

  test("putBlob() rejects more than maxBytes, cancels the stream, and keeps what was there", async ({
    store,
    unique,
  }) => {
    const [key, fresh] = [unique("blob"), unique("blob")];
    await store.putBlob(key, bytesOf(2).stream, 2);
    for (const name of [key, fresh]) {
      const { stream, cancelled } = bytesOf(2, 2, 2, 2);
      await assert.rejects(store.putBlob(name, stream, 3));
      assert.ok(cancelled(), "the stream was not cancelled");
    }
    await assertBytes(store, key, [1, 1]);
    await assert.rejects(read(store, fresh));
  });

  test("putBlob() of a stream that fails keeps what was there", async ({ store, unique }) => {
    const key = unique("blob");
    await store.putBlob(key, bytesOf(2).stream, 2);
    let pulls = 0;
    const failing = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        if (pulls === 1) controller.enqueue(new Uint8Array(1));
        else controller.error(new Error("the source broke"));
      },
    });
    await assert.rejects(store.putBlob(key, failing, 10));
    await assertBytes(store, key, [1, 1]);
  });

  test("putBlob() again replaces the bytes", async ({ store, unique }) => {
    const key = unique("blob");
    await store.putBlob(key, bytesOf(3).stream, 3);
    await store.putBlob(key, bytesOf(0, 1).stream, 3);
    await assertBytes(store, key, [2]);
  });

  test("deleteBlob() forgets the bytes, and an unknown key is no error", async ({ store, unique }) => {
    const key = unique("blob");
    await store.putBlob(key, bytesOf(1).stream, 1);
    await store.deleteBlob(key);
    await store.deleteBlob(key);
    await assert.rejects(read(store, key));
  });

  test("putBlob() and deleteBlob() refuse a bad argument by its name", async ({ store, unique }) => {
    for (const bad of noNames as string[]) {
      await assertRefused(() => store.putBlob(bad, bytesOf(1).stream, 1), "key");
      await assertRefused(() => store.deleteBlob(bad), "key");
    }
    for (const bad of [-1, Number.NaN, "1", null, undefined] as number[]) {
      await assertRefused(() => store.putBlob(unique("blob"), bytesOf(1).stream, bad), "maxBytes");
    }
  });
}
