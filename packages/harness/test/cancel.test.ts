import { createLane, type Lane } from "@executus/lane";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessOptions } from "../src/index.ts";
import { changedStore, combinedStore, type WholeStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";
import { laneWithoutYield } from "./plain-lane.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const here = { channel: "chat", to: "ada" };
const outbox = { deadlineMs: 20, leaseMs: 10, pollMs: 10 };

/** Processes that both live. */
function harnessOn(store: WholeStore, options: Omit<HarnessOptions, "store">) {
  const logger = { warn: (): void => {} };
  return createHarness({ logger, pollMs: 2, persist: { leaseMs: 1_000 }, outbox, ...options, store });
}

const untilAborted = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

async function started(store: WholeStore, runId: string): Promise<void> {
  while ((await store.getJob(runId))?.state !== "running") await settled();
}

test("cancel() of a run that runs in another process is recorded, and that process stops it at its next look", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({ name: "worker", run: untilAborted });
  const options = { agents: [agent], deliver: deliverer };
  await using one = harnessOn(base, options);
  await using other = harnessOn(base, options);
  const run = await one.submit(agent, 0, { caller: "ada", destinations: here });
  await started(base, run.id);
  const there = await other.run(run.id);
  await there?.cancel(new Error("of no interest to others"));
  expect(await base.getRun(run.id)).toMatchObject({ cancelRequested: true });
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await expect(there?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  expect(await base.getRun(run.id)).toMatchObject({
    state: "cancelled",
    failure: { code: "HARNESS_CANCELLED" },
  });
  await one.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["worker was cancelled."]);
  expect(await one.lanes["default"]?.stats()).toMatchObject({ running: 0 });
});

test("a store that does not answer once who is to be cancelled is asked again", async () => {
  const base = combinedStore();
  let asked = 0;
  const store = changedStore(base, {
    listRunCancels: (runIds) => {
      asked += 1;
      return asked === 1 ? new Promise(() => {}) : base.listRunCancels(runIds);
    },
  });
  const agent = defineAgent({ name: "worker", run: untilAborted });
  const persist = { leaseMs: 1_000, storeTimeoutMs: 40 };
  await using one = harnessOn(store, { agents: [agent], persist });
  await using other = harnessOn(base, { agents: [agent] });
  const run = await one.submit(agent, 0, { caller: "ada" });
  await started(base, run.id);
  await (await other.run(run.id))?.cancel();
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
});

test("cancel() of a child that runs in another process stops that child alone", async () => {
  const base = combinedStore();
  const leaf = defineAgent({ name: "leaf", run: untilAborted });
  const main = defineAgent({
    name: "main",
    run: (context) => context.dispatch(leaf, 0).catch((error: unknown) => (error as { code: string }).code),
  });
  const lanes: HarnessOptions["lanes"][] = [
    undefined,
    { default: laneWithoutYield({ name: "default", maxConcurrent: 1 }) },
  ];
  for (const mine of lanes) {
    await using one = harnessOn(base, { agents: [leaf, main], lanes: mine });
    await using other = harnessOn(base, { agents: [leaf, main] });
    const run = await one.submit(main, 0, { caller: "ada" });
    let child = await other.run(`${run.id}.1`);
    for (; !child; child = await other.run(`${run.id}.1`)) await settled();
    await (mine ? started(base, run.id) : started(base, child.id));
    await child.cancel();
    expect(await run.result).toBe("HARNESS_CANCELLED");
    expect(await base.getRun(child.id)).toMatchObject({ state: "cancelled" });
  }
});

test("a run whose cancel was recorded, and whose process died before it saw that, ends as cancelled", async () => {
  for (const onInterrupted of ["fail", "requeue"] as const) {
    const base = combinedStore();
    let starts = 0;
    const agent = defineAgent({
      name: "worker",
      onInterrupted,
      run: () => {
        starts += 1;
        return new Promise<never>(() => {});
      },
    });
    // It never looks: it stands still.
    const persist = { leaseMs: 10 };
    const first = harnessOn(base, { agents: [agent], pollMs: 100_000, persist: { leaseMs: 100_000 } });
    const { id } = await first.submit(agent, 0, { caller: "ada" });
    await started(base, id);
    await using second = harnessOn(base, { agents: [agent], persist });
    await (await second.run(id))?.cancel();
    await second.start();
    await expect((await second.run(id))?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
    expect(starts).toBe(1);
  }
});

test("run.cancel() of a child that runs in its parent's slot stops it, and not its parent", async () => {
  const leaf = defineAgent({ name: "leaf", run: untilAborted });
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      const ends = await Promise.allSettled([1, 2].map((n) => context.dispatch(leaf, n)));
      return ends.map((end) => end.status === "rejected" && (end.reason as { code: string }).code);
    },
  });
  const lane = laneWithoutYield({ name: "default", maxConcurrent: 1 });
  await using harness = createHarness({ agents: [leaf, main], lanes: { default: lane } });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  // The second one waits for its turn.
  for (const child of [2, 1]) await (await harness.run(`${run.id}.${child}`))?.cancel();
  expect(await run.result).toEqual(["HARNESS_CANCELLED", "HARNESS_CANCELLED"]);
});

test("a cancel that its lane could not do has stopped nothing: the run ends as its code does", async () => {
  const failures = ["cancel", "abort"] as const;
  for (const method of failures) {
    const open = Promise.withResolvers<void>();
    const agent = defineAgent({
      name: "worker",
      run: async () => {
        await open.promise;
        throw new Error("of its own");
      },
    });
    const inner = createLane({ name: "default", maxConcurrent: 1 });
    const lane = new Proxy(inner, {
      get(target, name) {
        if (name === method) return () => Promise.reject(new Error("the network is down"));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value as () => unknown).bind(target) : value;
      },
    }) as Lane;
    const base = combinedStore();
    await using harness = harnessOn(base, { agents: [agent], lanes: { default: () => lane } });
    const run = await harness.submit(agent, 0, { caller: "ada" });
    await settled();
    await expect(run.cancel()).rejects.toThrow("the network is down");
    open.resolve();
    await expect(run.result).rejects.toThrow("of its own");
    expect(await base.getRun(run.id)).toMatchObject({
      state: "failed",
      failure: { code: "HARNESS_AGENT_FAILED" },
    });
  }
});
