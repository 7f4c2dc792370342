import { expect, test } from "vitest";
import { blobStoreConformance } from "../src/conformance.ts";
import { memoryBlobStore } from "../src/index.ts";

blobStoreConformance(test, async () => ({ store: memoryBlobStore(), close: async () => {} }));

test("memoryBlobStore() keeps a large chunk as it is and packs small ones, so that single bytes cost no more", async () => {
  const store = memoryBlobStore();
  const count = 300_000;
  let left = count;
  const singleBytes = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(new Uint8Array([left & 255]));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  await store.putBlob("single", singleBytes, Infinity);
  const sizes: number[] = [];
  for await (const chunk of store.openBlob("single")) sizes.push(chunk.byteLength);
  expect(sizes).toEqual([65_536, 65_536, 65_536, 65_536, count - 4 * 65_536]);
});
