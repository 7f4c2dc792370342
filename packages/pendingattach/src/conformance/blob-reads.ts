import { assertBytes, type BlobTest, bytesOf, readAll } from "./blob-context.ts";

export function readTests(test: BlobTest): void {
  test("openBlob() begins with the first byte at each call, also of two at a time", async (context) => {
    const { store, key, put, read } = context;
    const bytes = bytesOf(200_000);
    const name = key();
    await put(name, bytes.slice(0, 100_000), bytes.slice(100_000));
    const [one, other] = [store.openBlob(name), store.openBlob(name)];
    for (const found of await Promise.all([readAll(one), readAll(other)])) assertBytes(found, bytes);
    assertBytes(await read(name), bytes);
  });

  test("openBlob() of a key that is not there fails, and is not empty", async ({ key, assertAbsent }) => {
    await assertAbsent(key());
  });

  test("openBlob() gives chunks that are the reader's own", async ({ store, key, put, read }) => {
    const bytes = bytesOf(150_000);
    const name = key();
    await put(name, bytes.slice());
    const reader = store.openBlob(name).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) next.value.fill(0);
    assertBytes(await read(name), bytes);
  });

  test("openBlob() can be cancelled at any time, which nobody else notices", async ({
    store,
    key,
    put,
    read,
  }) => {
    const bytes = bytesOf(400_000);
    const name = key();
    await put(name, bytes.slice(0, 200_000), bytes.slice(200_000));
    await store.openBlob(name).cancel();
    const reader = store.openBlob(name).getReader();
    await reader.read();
    const other = readAll(store.openBlob(name));
    await reader.cancel(new Error("enough"));
    assertBytes(await other, bytes);
    assertBytes(await read(name), bytes);
  });
}
