import assert from "node:assert/strict";
import { assertBytes, type BlobTest, bytesOf } from "./blob-context.ts";

export function writeTests(test: BlobTest): void {
  test("putBlob() keeps every byte of a stream and resolves with their number", async ({
    key,
    put,
    read,
  }) => {
    const bytes = bytesOf(1_000);
    const name = key();
    assert.equal(await put(name, bytes.slice()), 1_000);
    assertBytes(await read(name), bytes);
  });

  test("putBlob() keeps the order of chunks of any size, also of none", async ({ key, put, read }) => {
    const bytes = bytesOf(300_000);
    const cuts = [0, 1, 1, 3, 70_000, 70_001, 200_000, 300_000];
    const chunks = cuts.map((cut, index) => bytes.slice(cuts[index - 1] ?? 0, cut));
    const name = key();
    assert.equal(await put(name, ...chunks), 300_000);
    assertBytes(await read(name), bytes);
  });

  test("putBlob() keeps a blob of several MiB", async ({ key, put, read }) => {
    const bytes = bytesOf(3 * 1024 * 1024 + 17);
    const name = key();
    const half = 1_500_000;
    assert.equal(await put(name, bytes.slice(0, half), bytes.slice(half)), bytes.byteLength);
    assertBytes(await read(name), bytes);
  });

  test("putBlob() keeps a stream without bytes as a blob without bytes", async ({ key, put, read }) => {
    const name = key();
    assert.equal(await put(name), 0);
    assertBytes(await read(name), new Uint8Array());
  });

  test("putBlob() takes exactly maxBytes", async ({ key, putLimited, read }) => {
    const bytes = bytesOf(100);
    const name = key();
    assert.equal(await putLimited(name, 100, bytes.slice(0, 60), bytes.slice(60)), 100);
    assertBytes(await read(name), bytes);
  });

  test("putBlob() replaces what the key held, by more and by less", async ({ key, put, read }) => {
    const name = key();
    for (const [index, length] of [500, 900, 3].entries()) {
      await put(name, bytesOf(length, index + 1));
      assertBytes(await read(name), bytesOf(length, index + 1));
    }
  });

  test("putBlob() shows nothing of a new blob before all of it is there", async (context) => {
    const { store, key, assertAbsent } = context;
    const name = key();
    await whileHalfWritten(store.putBlob.bind(store), name, () => assertAbsent(name));
    assertBytes(await context.read(name), bytesOf(2_000, 7));
  });

  test("putBlob() shows the old blob until all of the new one is there", async ({
    store,
    key,
    put,
    read,
  }) => {
    const name = key();
    await put(name, bytesOf(50, 3));
    await whileHalfWritten(store.putBlob.bind(store), name, async () => {
      assertBytes(await read(name), bytesOf(50, 3));
    });
    assertBytes(await read(name), bytesOf(2_000, 7));
  });

  test("putBlob() of one key twice at a time ends with one of both, whole", async ({ key, put, read }) => {
    const name = key();
    const [one, other] = [bytesOf(40_000, 5), bytesOf(40_000, 6)];
    await Promise.all([one, other].map((bytes) => put(name, bytes.slice(0, 100), bytes.slice(100))));
    const found = await read(name);
    assertBytes(found, found[0] === one[0] ? one : other);
  });
}

/** Puts 2,000 bytes, and looks when half of them were taken. */
async function whileHalfWritten(
  putBlob: (key: string, source: ReadableStream<Uint8Array>, maxBytes: number) => Promise<unknown>,
  key: string,
  look: () => Promise<void>,
): Promise<void> {
  const bytes = bytesOf(2_000, 7);
  const half = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  let isFirst = true;
  const source = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (isFirst) {
          isFirst = false;
          return controller.enqueue(bytes.slice(0, 1_000));
        }
        half.resolve();
        await rest.promise;
        controller.enqueue(bytes.slice(1_000));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const put = putBlob(key, source, Number.POSITIVE_INFINITY);
  await half.promise;
  try {
    await look();
  } finally {
    rest.resolve();
    await put;
  }
}
