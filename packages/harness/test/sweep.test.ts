import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHarness, defineAgent } from "../src/index.ts";
import { changedStore, combinedStore } from "./combined-store.ts";

const agent = defineAgent({ name: "worker", run: () => "done" });
const here = { channel: "chat", to: "ada" };

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

test("what ended longer ago than retentionMs is deleted: runs, jobs and deliveries", async () => {
  const base = combinedStore();
  await using harness = createHarness({ agents: [agent], store: base, retentionMs: 60_000 });
  const old = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await old.result;
  await harness.outbox?.settled(`${old.id}/0/0`);
  await vi.advanceTimersByTimeAsync(60_000);
  const recent = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await recent.result;
  await vi.advanceTimersByTimeAsync(30_000);
  expect((await base.listRuns()).map(({ runId }) => runId)).toEqual([recent.id]);
  expect(await base.getJob(old.id)).toBeUndefined();
  expect(await base.getJob(recent.id)).toBeDefined();
  expect((await base.listDeliveries()).map(({ messageKey }) => messageKey)).toEqual([`${recent.id}/0`]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(await base.listRuns()).toEqual([]);
});

test("without a store deliveries are deleted all the same", async () => {
  await using harness = createHarness({ agents: [agent], retentionMs: 0 });
  const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await run.result;
  await harness.outbox?.settled(`${run.id}/0/0`);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(await harness.outbox?.list()).toEqual([]);
});

test("a store that cannot delete is reported, and the next sweep comes", async () => {
  const warnings: string[] = [];
  const logger = { warn: (_context: object, message: string) => void warnings.push(message) };
  const store = changedStore(combinedStore(), { purgeRuns: () => Promise.reject(new Error("read only")) });
  await using harness = createHarness({ agents: [agent], store, logger });
  await harness.start();
  await vi.advanceTimersByTimeAsync(90_000 + 3_600_000);
  expect(warnings).toEqual(["What ended long ago is not deleted", "What ended long ago is not deleted"]);
});

test("close() ends a sweep after the batch that is being deleted", async () => {
  const asked: string[] = [];
  const batch = Promise.withResolvers<number>();
  const purge = (what: string) => (): Promise<number> => {
    asked.push(what);
    return asked.length === 1 ? batch.promise : Promise.resolve(0);
  };
  const store = changedStore(combinedStore(), {
    purgeRuns: purge("runs"),
    purgeFinishedJobs: purge("jobs"),
  });
  const harness = createHarness({ agents: [agent], store, retentionMs: 0 });
  await harness.start();
  await vi.advanceTimersByTimeAsync(90_000);
  const closing = harness.close();
  await vi.advanceTimersByTimeAsync(0);
  batch.resolve(500);
  await closing;
  expect(asked).toEqual(["runs"]);
});
