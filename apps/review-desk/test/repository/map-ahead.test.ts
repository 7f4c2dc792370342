import { expect, test } from "vitest";
import { mapAhead } from "../../src/repository/map-ahead.ts";
import { collect } from "./sandbox.ts";

async function* count(to: number, onReturn: () => void = () => {}): AsyncGenerator<number> {
  try {
    for (let item = 0; item < to; item++) yield item;
  } finally {
    onReturn();
  }
}

test("mapAhead() keeps the order of its source and works on no more than it may", async () => {
  let [running, most] = [0, 0];
  const results = mapAhead(count(20), 4, async (item) => {
    most = Math.max(most, ++running);
    for (let turn = item % 5; turn >= 0; turn--) await new Promise(setImmediate);
    running--;
    return item;
  });
  expect(await collect(results)).toEqual([...Array(20).keys()]);
  expect(most).toBe(4);
});

test("mapAhead() takes no more from its source than its caller asks for", async () => {
  const seen: number[] = [];
  const results = mapAhead(count(100), 3, async (item) => void seen.push(item));
  await results.next();
  expect(seen).toEqual([0, 1, 2]);
});

test("mapAhead() rejects in its turn, ends its source, and waits for what runs", async () => {
  const log: string[] = [];
  const results = mapAhead(
    count(10, () => log.push("source ended")),
    3,
    async (item) => {
      if (item === 1) throw new Error("one");
      await new Promise(setImmediate);
      log.push(`done ${item}`);
      return item;
    },
  );
  expect(await results.next()).toEqual({ done: false, value: 0 });
  await expect(results.next()).rejects.toThrow("one");
  expect(log).toEqual(["done 0", "source ended", "done 2", "done 3"]);
});
