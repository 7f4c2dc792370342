import { expect, test } from "vitest";
import { createDispatchGuard } from "../src/index.ts";
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
