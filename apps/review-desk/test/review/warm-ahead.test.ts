import { expect, test } from "vitest";
import { warmAhead } from "../../src/review/warm-ahead.ts";

async function* upTo(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
}

test("warmAhead() gives every item in order, each after those behind it have been begun", async () => {
  const begun: number[] = [];
  const seen: [item: number, begun: number][] = [];
  for await (const item of warmAhead(upTo(6), 2, (each) => begun.push(each))) seen.push([item, begun.length]);
  expect(seen).toEqual([
    [0, 3],
    [1, 4],
    [2, 5],
    [3, 6],
    [4, 6],
    [5, 6],
  ]);
});

test("warmAhead() of fewer items than its window gives all of them", async () => {
  expect(await Array.fromAsync(warmAhead(upTo(2), 10, () => {}))).toEqual([0, 1]);
});
