import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { persistenceStoreConformance } from "../../src/conformance.ts";
import { memoryStore, type NewJobRow, type PersistenceStore } from "../../src/persisted.ts";

persistenceStoreConformance(test, async () => ({ store: memoryStore(), close: async () => {} }));

test("persistenceStoreConformance() runs under node:test too", async () => {
  const program = `
    import { test } from "node:test";
    import { persistenceStoreConformance } from ${JSON.stringify(import.meta.resolve("../../src/conformance.ts"))};
    import { memoryStore } from ${JSON.stringify(import.meta.resolve("../../src/persisted.ts"))};
    persistenceStoreConformance(test, async () => ({ store: memoryStore(), close: async () => {} }));
  `;
  const args = ["--input-type=module", "--test-reporter=tap", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const titles: string[] = [];
  persistenceStoreConformance(
    (title) => titles.push(title),
    async () => ({ store: memoryStore(), close: async () => {} }),
  );
  expect(stdout).toContain(`# pass ${titles.length}\n`);
});

const job: NewJobRow = {
  jobId: "a",
  lane: "llm",
  owner: "one",
  priority: 0,
  weight: 1,
  metadata: new Uint8Array(),
};

async function cancelled(clock: () => number): Promise<PersistenceStore> {
  const store = memoryStore({ clock });
  await store.enqueueJob(job);
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "cancelled" });
  return store;
}

test("memoryStore() stamps rows by the clock that it is given", async () => {
  let now = 10;
  const store = memoryStore({ clock: () => (now += 1) });
  await store.enqueueJob(job);
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "running" });
  await store.updateJobState({ jobId: "a", epoch: 1, from: "running", to: "finished" });
  await expect(store.getJob("a")).resolves.toMatchObject({ enqueuedAt: 11, startedAt: 12, endedAt: 13 });
});

test("memoryStore() purges what ended at least olderThanMs ago by its clock", async () => {
  let now = 1_000;
  const store = await cancelled(() => now);
  now = 1_499;
  await expect(store.purgeFinishedJobs({ olderThanMs: 500, limit: 10 })).resolves.toBe(0);
  now = 1_500;
  await expect(store.purgeFinishedJobs({ olderThanMs: 500, limit: 10 })).resolves.toBe(1);
});

test("memoryStore() with a clock that was set back purges with 0 what ended, and nothing else", async () => {
  let now = 1_000;
  const store = await cancelled(() => now);
  now = 500;
  await expect(store.purgeFinishedJobs({ olderThanMs: 1, limit: 10 })).resolves.toBe(0);
  await expect(store.purgeFinishedJobs({ olderThanMs: 0, limit: 10 })).resolves.toBe(1);
});
