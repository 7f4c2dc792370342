import { expect, test } from "vitest";
import { createDispatchGuard } from "../src/index.ts";
import { createLoopDetector } from "../src/loops.ts";
import { turn } from "./turn.ts";

async function settledHeapBytes(): Promise<number> {
  for (let pass = 0; pass < 4; pass += 1) {
    globalThis.gc?.();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

test("100,000 roots leave no heap behind, with keys, signals, deadlines and budgets", async () => {
  expect(globalThis.gc).toBeDefined();
  const guard = createDispatchGuard({ limits: { deadlineMs: 60_000, budgets: { tokens: 10 } } });
  const { signal } = new AbortController();
  const run = async (count: number): Promise<void> => {
    for (let time = 0; time < count; time += 1) {
      await guard.root("root", async (root) => {
        void root.signal;
        root.reserve("tokens", 1);
        await Promise.all([
          guard.dispatch({ id: "a", key: "k" }, (frame) => frame.signal, { signal }),
          guard.dispatch({ id: "a", key: "k" }, () => 1, { onDuplicate: "join", limits: { maxDepth: 1 } }),
        ]);
      });
    }
  };
  await run(5_000);
  const before = await settledHeapBytes();
  await run(100_000);
  const after = await settledHeapBytes();
  // A reference of 8 bytes per root would be 800 kB.
  expect(after - before).toBeLessThan(400_000);
});

test("50,000 dispatches in one tree leave no heap behind while it lives", async () => {
  const guard = createDispatchGuard({ limits: { maxFanOut: Infinity, maxDispatches: Infinity } });
  const { signal } = new AbortController();
  const run = async (count: number): Promise<void> => {
    for (let time = 0; time < count; time += 1) {
      await guard.dispatch("a", (frame) => frame.signal, { signal });
      await guard.dispatch({ id: "a", key: String(time) }, () => 1, { limits: { deadlineMs: 60_000 } });
    }
  };
  await guard.root("root", async () => {
    await run(5_000);
    const before = await settledHeapBytes();
    await run(25_000);
    expect((await settledHeapBytes()) - before).toBeLessThan(200_000);
  });
});

test("a loop detector keeps no more than its window, whatever it has seen", async () => {
  const detector = createLoopDetector();
  const observe = (from: number, to: number): void => {
    for (let input = from; input < to; input += 1) detector.observe("read", input);
  };
  observe(0, 5_000);
  const before = await settledHeapBytes();
  observe(5_000, 105_000);
  expect((await settledHeapBytes()) - before).toBeLessThan(400_000);
  expect(detector.observe("read", 0)).toBeUndefined();
});
