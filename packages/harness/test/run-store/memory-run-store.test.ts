import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runStoreConformance } from "../../src/conformance.ts";
import { memoryRunStore, type NewRun, type RunStore } from "../../src/index.ts";

runStoreConformance(test, async () => ({ store: memoryRunStore(), close: async () => {} }));

test("runStoreConformance() runs under node:test too", async () => {
  const program = `
    import { test } from "node:test";
    import { runStoreConformance } from ${JSON.stringify(import.meta.resolve("../../src/conformance.ts"))};
    import { memoryRunStore } from ${JSON.stringify(import.meta.resolve("../../src/store/memory-run-store.ts"))};
    runStoreConformance(test, async () => ({ store: memoryRunStore(), close: async () => {} }));
  `;
  const args = ["--input-type=module", "--test-reporter=tap", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const titles: string[] = [];
  runStoreConformance(
    (title) => titles.push(title),
    async () => ({ store: memoryRunStore(), close: async () => {} }),
  );
  expect(stdout).toContain(`# pass ${titles.length}\n`);
});

const run: NewRun = {
  runId: "a",
  rootRunId: "a",
  agent: "reviewer",
  caller: "ada",
  input: "1",
  details: "{}",
};

async function cancelled(clock: () => number): Promise<RunStore> {
  const store = memoryRunStore({ clock });
  await store.createRun(run);
  await store.endRun({ runId: "a", state: "cancelled" });
  return store;
}

test("memoryRunStore() stamps runs by the clock that it is given", async () => {
  let now = 10;
  const store = await cancelled(() => (now += 1));
  await expect(store.getRun("a")).resolves.toMatchObject({ createdAt: 11, endedAt: 12 });
});

test("memoryRunStore() purges what ended at least olderThanMs ago by its clock", async () => {
  let now = 1_000;
  const store = await cancelled(() => now);
  now = 1_499;
  await expect(store.purgeRuns({ olderThanMs: 500, limit: 10 })).resolves.toBe(0);
  now = 1_500;
  await expect(store.purgeRuns({ olderThanMs: 500, limit: 10 })).resolves.toBe(1);
});

test("memoryRunStore() with a clock that was set back purges with 0 what ended, and nothing else", async () => {
  let now = 1_000;
  const store = await cancelled(() => now);
  now = 500;
  await expect(store.purgeRuns({ olderThanMs: 1, limit: 10 })).resolves.toBe(0);
  await expect(store.purgeRuns({ olderThanMs: 0, limit: 10 })).resolves.toBe(1);
});

test("memoryRunStore() refuses a bad option with a TypeError that names it", () => {
  expect(() => memoryRunStore(null as never)).toThrow(
    "Cannot create memory run store: 'options' must be an object: received null",
  );
  expect(() => memoryRunStore({ clock: 5 as never })).toThrow("'clock' must be a function: received 5");
});
