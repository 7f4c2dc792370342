import { expect, test } from "vitest";
import { readAhead } from "../../src/review/read-ahead.ts";

async function* upTo(count: number, onItem: (item: number) => void = () => {}): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) {
    await Promise.resolve();
    onItem(item);
    yield item;
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("readAhead() gives every item in order", async () => {
  expect(await Array.fromAsync(readAhead(upTo(100)))).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
  expect(await Array.fromAsync(readAhead(upTo(0)))).toEqual([]);
});

test("readAhead() reads on while the consumer works on an item", async () => {
  let read = 0;
  const items = readAhead(upTo(50, () => (read += 1)));
  await items.next();
  await tick();
  expect(read).toBe(50);
  await items.return(undefined);
});

test("readAhead() throws what its source threw, after the items before it", async () => {
  async function* failing(): AsyncGenerator<number> {
    yield* upTo(3);
    throw new Error("disk gone");
  }
  const seen: number[] = [];
  await expect(async () => {
    for await (const item of readAhead(failing())) seen.push(item);
  }).rejects.toThrow("disk gone");
  expect(seen).toEqual([0, 1, 2]);
});

test("readAhead() stops reading when the consumer stops", async () => {
  let read = 0;
  for await (const item of readAhead(upTo(Number.POSITIVE_INFINITY, () => (read += 1))))
    if (item === 3) break;
  await tick();
  const after = read;
  await tick();
  expect(read).toBe(after);
});
