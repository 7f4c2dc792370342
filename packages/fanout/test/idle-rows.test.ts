import { afterEach, expect, test, vi } from "vitest";
import { fanout } from "../src/index.ts";
import { liveLimit, turn } from "./probe.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Gives up each cell of the target "bad" as soon as its row is read. */
function key(target: string): string {
  if (target === "bad") throw new Error("no provider");
  return target;
}

/** Far more tasks than are read before an abort that comes in the next turn. */
function* endless(): Generator<number> {
  for (let task = 0; task < 100_000; task += 1) yield task;
  throw new Error("the event loop had no turn");
}

async function* endlessLater(): AsyncGenerator<number> {
  yield* endless();
}

test.each([
  ["stopWhen decides when it is read", endless, ["bad", "good"]],
  ["has no key", endless, ["bad"]],
  ["has no key and comes from an async iterable", endlessLater, ["bad"]],
])(
  "fanout() can be aborted while it reads endless tasks whose every row %s",
  async (_name, tasks, targets) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort("stop"), 1);
    const { signal } = controller;
    const stopWhen = (): boolean => true;
    const done = fanout(tasks(), targets, () => expect.unreachable(), { key, stopWhen, signal });
    expect((await done).fulfilled).toEqual([]);
  },
);

test("fanout() holds one timer while it reads rows that bring no cell to start, and none after an abort", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const controller = new AbortController();
  const cap = liveLimit(1);
  const options = { key, maxConcurrent: cap.limit, signal: controller.signal };
  const done = fanout(endless(), ["bad"], () => expect.unreachable(), options);
  for (const value of [2, 3]) {
    cap.set(value);
    await turn();
  }
  expect(vi.getTimerCount()).toBe(1);
  controller.abort("stop");
  await done;
  expect(vi.getTimerCount()).toBe(0);
});
