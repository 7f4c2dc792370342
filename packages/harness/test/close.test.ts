import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessEvent, type HarnessOptions } from "../src/index.ts";
import { changedStore, combinedStore, type WholeStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";

const agent = defineAgent({ name: "worker", run: () => "done" });
const hang = (): Promise<never> => new Promise(() => {});

function harnessOn(store: WholeStore, options: Partial<HarnessOptions> = {}) {
  const warnings: string[] = [];
  const logger = { warn: (_context: object, message: string) => void warnings.push(message) };
  const given = { agents: [agent], logger, pollMs: 2, persist: { leaseMs: 30, storeTimeoutMs: 2_000 } };
  return { warnings, harness: createHarness({ ...given, ...options, store }) };
}

/** The same store, where one method does nothing until it is let. */
function gated(base: WholeStore, method: "createRun" | "listRunCancels") {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const original = base[method] as (given: unknown) => Promise<unknown>;
  const changed = async (given: unknown): Promise<unknown> => {
    asked.resolve();
    await answer.promise;
    return original(given);
  };
  const store = changedStore(base, { [method]: changed } as Partial<WholeStore>);
  return { store, asked: asked.promise, answer: answer.resolve };
}

function settling(promise: Promise<unknown>) {
  const state = { promise, isSettled: false };
  void promise.finally(() => (state.isSettled = true));
  return state;
}

/** The same store whose answers take a moment, and the names of the calls that come after `isOver`. */
function slowStore(base: WholeStore) {
  const late: string[] = [];
  const watch = { isOver: false, late };
  const store = new Proxy(base, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || name === "openBlob") return method;
      return async (...given: unknown[]) => {
        if (watch.isOver) late.push(String(name));
        await sleep(2);
        if (watch.isOver) late.push(`${String(name)} (answer)`);
        return (method as (...args: unknown[]) => Promise<unknown>)(...given);
      };
    },
  });
  return { store, watch };
}

test("close() resolves also if the store does not answer that it keeps events, and says that they are lost", async () => {
  const store = changedStore(combinedStore(), { appendRunEvents: hang });
  const { harness, warnings } = harnessOn(store, { persist: { storeTimeoutMs: 20 } });
  const run = await harness.submit(agent, 0, { caller: "ada" });
  expect(await run.result).toBe("done");
  await harness.close();
  expect(warnings).toContain("Events of a run are lost");
});

test("close() resolves also if the store does not answer at all any more, and the run's promise has settled", async () => {
  const base = combinedStore();
  let isDead = false;
  const store = new Proxy(base, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || name === "openBlob") return method;
      const call = method as (...given: unknown[]) => Promise<unknown>;
      return (...given: unknown[]) => (isDead ? hang() : call(...given));
    },
  });
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const open = defineAgent({ name: "open", run: () => end });
  const { harness } = harnessOn(store, { agents: [open], persist: { leaseMs: 30, storeTimeoutMs: 20 } });
  const run = await harness.submit(open, 0, { caller: "ada" });
  while (!(await base.listRunningJobs("default")).length) await sleep(1);
  isDead = true;
  resolve("done");
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_STORE_UNKNOWN" });
  await harness.close();
});

test("close() waits for a submit that is being recorded, whose run has ended then", async () => {
  const base = combinedStore();
  const { store, asked, answer } = gated(base, "createRun");
  const { harness } = harnessOn(store);
  const submitted = harness
    .submit(agent, 0, { caller: "ada" })
    .catch((error: { code: string }) => error.code);
  await asked;
  const closing = settling(harness.close({ graceMs: 0 }));
  await sleep(10);
  expect(closing.isSettled).toBe(false);
  answer();
  await closing.promise;
  expect(await base.listRuns()).toMatchObject([{ state: "failed", failure: { code: "LANE_CLOSED" } }]);
  expect(await submitted).toBe("LANE_CLOSED");
});

test("close() waits for a submit no longer than a store may be silent, and nothing is recorded then", async () => {
  const base = combinedStore();
  const { promise: fits, resolve } = Promise.withResolvers<{ readonly value: number }>();
  const input = { "~standard": { version: 1, vendor: "test", validate: () => fits } } as const;
  const checked = defineAgent({ name: "checked", input, run: () => "done" });
  const { harness } = harnessOn(base, { agents: [checked], persist: { storeTimeoutMs: 20 } });
  const submitted = harness.submit(checked, 0, { caller: "ada" });
  await harness.close();
  resolve({ value: 0 });
  await expect(submitted).rejects.toMatchObject({ code: "HARNESS_CLOSED" });
  expect(await base.listRuns()).toEqual([]);
});

test("close() ends a start() that is under way: nothing asks the store afterwards, and what is left waits for the next boot", async () => {
  const base = combinedStore();
  const first = harnessOn(base, { lanes: { default: { maxConcurrent: 0 } } });
  for (const input of [1, 2, 3, 4, 5]) await first.harness.submit(agent, input, { caller: "ada" });
  await first.harness.close({ graceMs: 0 });
  const { store, watch } = slowStore(base);
  const second = harnessOn(store, { lanes: { default: { maxConcurrent: 0 } } });
  const started = second.harness.start();
  await sleep(5);
  await second.harness.close({ graceMs: 0 });
  watch.isOver = true;
  expect(await started).toMatchObject({ finished: [], failed: [] });
  await sleep(50);
  expect([watch.late, second.warnings]).toEqual([[], []]);
  const third = harnessOn(base);
  await third.harness.start();
  const rows = await base.listRuns();
  for (const { runId } of rows) expect(await (await third.harness.run(runId))?.result).toBe("done");
  await third.harness.close();
});

test("close() waits for the look at the store that is under way", async () => {
  const { store, asked, answer } = gated(combinedStore(), "listRunCancels");
  const slow = defineAgent({ name: "slow", run: () => asked });
  const { harness } = harnessOn(store, { agents: [slow] });
  await harness.start();
  const run = await harness.submit(slow, 0, { caller: "ada" });
  await run.result;
  const closing = settling(harness.close());
  await sleep(10);
  expect(closing.isSettled).toBe(false);
  answer();
  await closing.promise;
});

test("a run that closes its harness has its reply delivered after the next boot", async () => {
  const base = combinedStore();
  const told: string[] = [];
  const closer = defineAgent({
    name: "closer",
    run: async () => {
      await first.harness.close();
      return "closed";
    },
  });
  const onEvent = ({ type }: HarnessEvent): void => void told.push(type);
  const first = harnessOn(base, { agents: [closer], onEvent });
  const destinations = { channel: "chat", to: "ada" };
  const run = await first.harness.submit(closer, 0, { caller: "ada", destinations });
  await expect(run.result).rejects.toMatchObject({ code: "DELIVER_CLOSED" });
  expect([told.includes("delivery-refused"), first.warnings]).toEqual([false, []]);
  const { arrived, deliverer } = letterbox();
  const second = harnessOn(base, { agents: [closer], deliver: deliverer });
  await second.harness.start();
  expect(await (await second.harness.run(run.id))?.result).toBe("closed");
  await second.harness.outbox?.settled(`${run.id}/0/0`);
  await second.harness.close();
  expect(arrived.map(({ text }) => text)).toEqual(["closed"]);
});
