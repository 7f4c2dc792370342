import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { againAndAgain } from "../src/again-and-again.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("againAndAgain() begins after firstMs, and each time everyMs after the end of the last", async () => {
  const times: number[] = [];
  const startedAt = Date.now();
  const stop = againAndAgain({ firstMs: 5, everyMs: 100 }, async () => {
    times.push(Date.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
  await vi.advanceTimersByTimeAsync(300);
  await stop();
  expect(times).toEqual([5, 135, 265]);
});

test("againAndAgain() that is stopped leaves no timer, also when it is stopped at work", async () => {
  let turns = 0;
  const stop = againAndAgain({ everyMs: 100 }, async () => {
    turns += 1;
    void stop();
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect([turns, vi.getTimerCount()]).toEqual([1, 0]);
  await againAndAgain({ everyMs: 100 }, async () => {})();
  expect(vi.getTimerCount()).toBe(0);
});
