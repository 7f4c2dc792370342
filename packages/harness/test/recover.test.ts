import { expect, test } from "vitest";
import {
  type AnyAgent,
  createHarness,
  defineAgent,
  type HarnessEvent,
  type HarnessOptions,
  type RunContext,
} from "../src/index.ts";
import { changedStore, combinedStore, dyingStore, type WholeStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";
import { laneWithoutYield } from "./plain-lane.ts";

const here = { channel: "chat", to: "ada" };
const outbox = { deadlineMs: 20, leaseMs: 10, pollMs: 10 };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function harnessOn(store: WholeStore, options: Omit<HarnessOptions, "store">) {
  const logger = { warn: (): void => {} };
  return createHarness({ logger, pollMs: 2, persist: { leaseMs: 1_000 }, outbox, ...options, store });
}

/** A run that is recorded, and whose process died before it could queue it. */
async function recordedOnly(base: WholeStore, options: Omit<HarnessOptions, "store">): Promise<string> {
  const { store, died } = dyingStore(base, (method) => (method === "enqueueJob" ? "before" : undefined));
  void harnessOn(store, options)
    .submit("worker", 0, { caller: "ada", destinations: here })
    .catch(() => {});
  await died;
  const [row] = await base.listRuns();
  return row?.runId ?? "";
}

function tellsEnds(ends: string[]): (event: HarnessEvent) => void {
  return (event) => {
    if (event.type === "run-ended") ends.push(event.state);
  };
}

test("a run that ends in another process while start() looks has one last message, be it none", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const finish = Promise.withResolvers<void>();
  const agent = defineAgent({ name: "worker", run: () => finish.promise });
  await using one = harnessOn(base, { agents: [agent] });
  const run = await one.submit(agent, 0, { caller: "ada", destinations: here });
  const store = changedStore(base, {
    listRuns: async (filter) => {
      const rows = await base.listRuns(filter);
      finish.resolve();
      await run.result;
      while ((await base.getJob(run.id))?.state !== "finished") await settled();
      return rows;
    },
  });
  await using other = harnessOn(store, { agents: [agent], deliver: deliverer });
  expect(await other.start()).toEqual({ resubmitted: [], finished: [], failed: [] });
  expect(await base.listDeliveries()).toEqual([]);
  expect(arrived).toEqual([]);
});

test("a run that was recorded and not queued stays for the next boot if its harness closes meanwhile", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => "done" });
  const runId = await recordedOnly(base, { agents: [agent] });
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const store = changedStore(base, {
    getJob: async (jobId) => {
      asked.resolve();
      await answer.promise;
      return base.getJob(jobId);
    },
  });
  const second = harnessOn(store, { agents: [agent] });
  const report = second.start();
  await asked.promise;
  const closed = second.close();
  answer.resolve();
  await closed;
  expect(await report).toEqual({ resubmitted: [], finished: [], failed: [] });
  expect(await base.getRun(runId)).toMatchObject({ state: "open" });
  await using third = harnessOn(base, { agents: [agent] });
  expect(await third.start()).toMatchObject({ resubmitted: [runId] });
  expect(await (await third.run(runId))?.result).toBe("done");
});

test("a run that was recorded and that its lane does not take says so at its destination, once", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({ name: "worker", run: () => "done" });
  const runId = await recordedOnly(base, { agents: [agent] });
  const ends: string[] = [];
  const lanes = { default: { maxConcurrent: 0, maxQueued: 0 } };
  const { store, calls } = dyingStore(base, () => undefined);
  await using second = harnessOn(store, {
    agents: [agent],
    lanes,
    deliver: deliverer,
    onEvent: tellsEnds(ends),
  });
  expect(await second.start()).toMatchObject({ failed: [runId] });
  await second.outbox?.settled(`${runId}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual([expect.stringContaining("LANE_FULL")]);
  expect(ends).toEqual(["failed"]);
  const steps = ["recordDeliveries", "endRun"];
  expect(calls.filter((method) => steps.includes(method))).toEqual(steps);
});

test("start() leaves a run alone that is being submitted", async () => {
  const base = combinedStore();
  const recorded = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  const store = changedStore(base, {
    createRun: async (run) => {
      const created = await base.createRun(run);
      recorded.resolve();
      await looked.promise;
      return created;
    },
  });
  const ends: string[] = [];
  const agent = defineAgent({ name: "worker", run: () => "done" });
  await using harness = harnessOn(store, { agents: [agent], onEvent: tellsEnds(ends) });
  const submitted = harness.submit(agent, 0, { caller: "ada" });
  await recorded.promise;
  expect(await harness.start()).toMatchObject({ resubmitted: [] });
  looked.resolve();
  const run = await submitted;
  expect(await run.result).toBe("done");
  const types = [];
  for await (const { type } of run.events()) types.push(type);
  expect(types).toEqual(["run-accepted", "run-started", "run-ended"]);
  expect(ends).toEqual(["finished"]);
});

test("a child that gave its result has finished, also if its end could not be recorded", async () => {
  const base = combinedStore();
  let isBroken = true;
  const store = changedStore(base, {
    endRun: (end) => (isBroken ? Promise.reject(new Error("the disk is full")) : base.endRun(end)),
  });
  const leaf = defineAgent({ name: "leaf", run: () => "leaf" });
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      const given = await context.dispatch(leaf, 0);
      isBroken = false;
      return given;
    },
  });
  const persist = { leaseMs: 1_000, storeTimeoutMs: 40 };
  await using harness = harnessOn(store, { agents: [main, leaf], persist });
  const run = await harness.submit(main, 0, { caller: "ada" });
  expect(await run.result).toBe("leaf");
  const child = await harness.run(`${run.id}.1`);
  expect(await child?.result).toBe("leaf");
  expect(await base.getRun(`${run.id}.1`)).toMatchObject({ state: "finished" });
});

test("run.cancel() of a run that is being queued stops it", async () => {
  const base = combinedStore();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const store = changedStore(base, {
    enqueueJob: async (job) => {
      asked.resolve();
      await answer.promise;
      return base.enqueueJob(job);
    },
  });
  let starts = 0;
  const agent = defineAgent({ name: "worker", run: () => (starts += 1) });
  await using harness = harnessOn(store, { agents: [agent] });
  const submit = () => harness.submit(agent, 0, { caller: "ada", key: "monday" });
  const first = submit();
  await asked.promise;
  const run = await submit();
  const cancelled = run.cancel();
  await settled();
  answer.resolve();
  await Promise.allSettled([first, cancelled]);
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  expect(starts).toBe(0);
  expect(await base.getRun(run.id)).toMatchObject({ state: "cancelled" });
});

const withFile = {
  run: async (context: RunContext): Promise<string> => {
    await context.attach({ name: "a.txt", data: "x" });
    return "with a file";
  },
};

/** A run whose result is recorded and whose process died before its reply was. */
async function resultOnly(base: WholeStore, agent: AnyAgent): Promise<string> {
  const { store, died } = dyingStore(base, (method) =>
    method === "recordDeliveries" ? "before" : undefined,
  );
  const run = await harnessOn(store, { agents: [agent], persist: { leaseMs: 30 } }).submit(agent, 0, {
    caller: "ada",
    destinations: here,
  });
  await died;
  return run.id;
}

test("a run whose failure was told has failed, also if the process that told it died before it ended the run", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({ name: "worker", ...withFile });
  const runId = await resultOnly(base, agent);
  const persist = { leaseMs: 30 };
  const { store, died } = dyingStore(base, (method) => (method === "endRun" ? "before" : undefined));
  // Its store never answers again, which a slow machine would live to be told of.
  harnessOn(store, { agents: [agent], persist })
    .start()
    .catch(() => {});
  await died;
  expect(await base.getRun(runId)).toMatchObject({ state: "open" });
  await using third = harnessOn(base, { agents: [agent], deliver: deliverer, persist });
  expect(await third.start()).toMatchObject({ failed: [runId] });
  expect(await base.getRun(runId)).toMatchObject({
    state: "failed",
    failure: { code: "HARNESS_INTERRUPTED" },
  });
  await third.outbox?.settled(`${runId}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual([expect.stringContaining("HARNESS_INTERRUPTED")]);
});

test("a run that lost the files of its reply runs again if its agent says requeue: its first result goes out with new files", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  let starts = 0;
  const agent = defineAgent({
    name: "worker",
    onInterrupted: "requeue",
    run: async (context) => {
      starts += 1;
      await context.attach({ name: `${starts}.txt`, data: "x" });
      return `answer ${starts}`;
    },
  });
  const runId = await resultOnly(base, agent);
  await using second = harnessOn(base, { agents: [agent], deliver: deliverer, persist: { leaseMs: 30 } });
  await second.start();
  expect(await (await second.run(runId))?.result).toBe("answer 1");
  await second.outbox?.settled(`${runId}/0/0`);
  expect(arrived).toMatchObject([{ text: "answer 1", files: [["2.txt", "x"]] }]);
  expect(await base.getRun(runId)).toMatchObject({ state: "finished" });
});

test("a start that fails while another process has started the run again is not how the run ends", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const [isAgain, hasFailed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let starts = 0;
  const agent = defineAgent({
    name: "worker",
    onInterrupted: "requeue",
    run: async () => {
      starts += 1;
      if (starts > 1) {
        isAgain.resolve();
        await hasFailed.promise;
        return "the answer";
      }
      await isAgain.promise;
      throw new Error("its files were taken away");
    },
  });
  // It gives no sign of life for so long that the other one takes it for dead.
  await using one = harnessOn(base, { agents: [agent], deliver: deliverer, persist: { leaseMs: 60_000 } });
  const run = await one.submit(agent, 0, { caller: "ada", destinations: here });
  while ((await base.getJob(run.id))?.state !== "running") await settled();
  await using two = harnessOn(base, { agents: [agent], deliver: deliverer, persist: { leaseMs: 30 } });
  await two.start();
  await expect(run.result).rejects.toThrow("its files were taken away");
  expect(await base.getRun(run.id)).toMatchObject({ state: "open" });
  hasFailed.resolve();
  expect(await (await two.run(run.id))?.result).toBe("the answer");
  expect(await base.getRun(run.id)).toMatchObject({ state: "finished" });
  await two.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["the answer"]);
  expect(starts).toBe(2);
});

test("a run that another process has ended is not told as ended again", async () => {
  const base = combinedStore();
  const ends: string[] = [];
  const agent = defineAgent({
    name: "worker",
    run: async ({ runId }) => {
      await base.endRun({ runId, state: "failed", failure: { code: "LOST", message: "lost" } });
      throw new Error("of its own");
    },
  });
  await using harness = harnessOn(base, { agents: [agent], onEvent: tellsEnds(ends) });
  const run = await harness.submit(agent, 0, { caller: "ada" });
  await expect(run.result).rejects.toThrow("of its own");
  expect(ends).toEqual([]);
});

test("a child in the slot of a run whose process died ends with it, in a process that lives", async () => {
  const base = combinedStore();
  const leaf = defineAgent({ name: "leaf", run: () => new Promise<never>(() => {}) });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(leaf, 0) });
  const lanes = () => ({ default: laneWithoutYield({ name: "default", maxConcurrent: 1 }) });
  const persist = { leaseMs: 30 };
  await using second = harnessOn(base, { agents: [leaf, main], lanes: lanes(), persist });
  await second.start();
  let isDead = false;
  const { store } = dyingStore(base, () => (isDead ? "before" : undefined));
  const first = harnessOn(store, { agents: [leaf, main], lanes: lanes() });
  const { id } = await first.submit(main, 0, { caller: "ada" });
  while (!(await base.getRun(`${id}.1`))) await settled();
  isDead = true;
  await expect((await second.run(id))?.result).rejects.toMatchObject({ code: "HARNESS_RUN_FAILED" });
  await expect((await second.run(`${id}.1`))?.result).rejects.toMatchObject({
    failure: { code: "HARNESS_PARENT_INTERRUPTED" },
  });
});

test("cancel() of a run whose result is recorded comes too late, in every process", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => "done" });
  const runId = await resultOnly(base, agent);
  await using second = harnessOn(base, { agents: [agent], persist: { leaseMs: 30 } });
  await (await second.run(runId))?.cancel();
  expect((await base.getRun(runId))?.cancelRequested).toBeUndefined();
  await second.start();
  expect(await (await second.run(runId))?.result).toBe("done");
});
