import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessOptions, type RunContext } from "../src/index.ts";
import { changedStore, combinedStore, dyingStore, type WholeStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const silent = { warn: (): void => {} };
/** A lease that no slow machine lets lapse, for tests in which two processes live. */
const alive = { leaseMs: 1_000 };
/** Leases of deliveries that lapse soon. */
const outbox = { deadlineMs: 20, leaseMs: 10, pollMs: 10 };
const here = { channel: "chat", to: "ada" };

function harnessOn(store: WholeStore, options: Omit<HarnessOptions, "store">) {
  return createHarness({ logger: silent, pollMs: 2, persist: { leaseMs: 30 }, outbox, ...options, store });
}

/** A process that dies as soon as a call of its store says so; its code that waits is never gone on with. */
function dyingHarness(
  base: WholeStore,
  options: Omit<HarnessOptions, "store">,
  dies: Parameters<typeof dyingStore>[1],
) {
  const { store, died, calls } = dyingStore(base, dies);
  return {
    harness: harnessOn(store, { ...options, persist: { leaseMs: 30, storeTimeoutMs: 600_000 } }),
    died,
    calls,
  };
}

const at = (method: string, when: "before" | "after", count = 1) => {
  let seen = 0;
  return (name: string) => (name === method && ++seen === count ? when : undefined);
};

/** Every point of the life of a run at which its process could die. */
const lastCall = 30;
const points = Array.from({ length: lastCall }, (_, index) => index + 1).flatMap((call) =>
  (["before", "after"] as const).map((when) => ({ call, when })),
);

test.each(points)(
  "a process that dies $when call $call of its store: one start at most, one last message, and the run ends",
  async ({ call, when }) => {
    const base = combinedStore();
    const { arrived, deliverer } = letterbox();
    let starts = 0;
    const agent = defineAgent({
      name: "worker",
      run: () => {
        starts += 1;
        return "the answer";
      },
    });
    const options = { agents: [agent], deliver: deliverer };
    const first = dyingHarness(base, options, (_method, number) => (number === call ? when : undefined));
    let accepted: string | undefined;
    let result: unknown;
    const submitted = first.harness
      .submit(agent, 0, { caller: "ada", destinations: here })
      .then(async (run) => {
        accepted = run.id;
        result = await run.result;
        await first.harness.outbox?.settled(`${run.id}/0/0`);
      });
    await Promise.race([first.died, submitted]);
    await settled();
    await using second = harnessOn(base, options);
    await second.start();
    const [row, ...others] = await base.listRuns();
    expect(others).toEqual([]);
    // Never accepted: nothing was recorded.
    if (!row) return expect([accepted, starts]).toEqual([undefined, 0]);
    const { runId } = row;
    await (await second.run(runId))?.result.catch(() => {});
    await second.outbox?.settled(`${runId}/0/0`);
    const after = await base.getRun(runId);
    expect(starts).toBeLessThanOrEqual(1);
    expect(["finished", "failed"]).toContain(after?.state);
    const isDone = after?.state === "finished";
    expect(arrived.map(({ text }) => text)).toEqual([
      isDone
        ? "the answer"
        : 'worker could not finish: Agent "worker" was interrupted when its process ended: ask again (HARNESS_INTERRUPTED)',
    ]);
    // What the caller was told, or what was recorded, is what counts.
    if (result !== undefined || row.result !== undefined) expect(isDone).toBe(true);
    if (isDone) expect(starts).toBe(1);
    expect(await base.listRunningJobs("default")).toEqual([]);
  },
);

test("the life of a run has less calls of its store than there are points at which the tests kill", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => "the answer" });
  const { deliverer } = letterbox();
  const { harness, calls } = dyingHarness(base, { agents: [agent], deliver: deliverer }, () => undefined);
  const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await run.result;
  await harness.outbox?.settled(`${run.id}/0/0`);
  for (const method of ["createRun", "enqueueJob", "recordRunResult", "recordDeliveries", "endRun"]) {
    expect(calls).toContain(method);
  }
  expect(calls.length).toBeLessThan(lastCall);
  await harness.close();
});

test("the result is recorded before the reply, the reply before the end, and the end before the job's", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => 1 });
  const { harness, calls } = dyingHarness(base, { agents: [agent] }, () => undefined);
  await (
    await harness.submit(agent, 0, { caller: "ada", destinations: here })
  ).result;
  await harness.close();
  const steps = ["createRun", "enqueueJob", "recordRunResult", "recordDeliveries", "endRun"];
  expect(calls.filter((method) => steps.includes(method))).toEqual(steps);
  expect(calls.lastIndexOf("updateJobState")).toBeGreaterThan(calls.indexOf("endRun"));
});

test("queued runs start after a restart, in their order, with no code from the user", async () => {
  const base = combinedStore();
  const done: unknown[] = [];
  const agent = defineAgent({
    name: "worker",
    run: (_context, input: { n: number }) => void done.push(input.n),
  });
  const options = { agents: [agent], lanes: { default: { maxConcurrent: 0 } } };
  const first = dyingHarness(base, options, at("never", "before"));
  const ids: string[] = [];
  for (const n of [1, 2, 3]) ids.push((await first.harness.submit(agent, { n }, { caller: "ada" })).id);
  await first.harness.close();
  await using second = harnessOn(base, { agents: [agent], lanes: { default: { maxConcurrent: 1 } } });
  expect(await second.start()).toEqual({ resubmitted: ids, finished: [], failed: [] });
  await Promise.all(ids.map(async (id) => (await second.run(id))?.result));
  expect(done).toEqual([1, 2, 3]);
});

test("close() leaves queued runs for the next boot, and their results say so", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => 1 });
  const harness = harnessOn(base, { agents: [agent], lanes: { default: { maxConcurrent: 0 } } });
  const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await harness.close();
  await expect(run.result).rejects.toMatchObject({ code: "LANE_CLOSED", survives: true });
  expect(await base.getRun(run.id)).toMatchObject({ state: "open" });
  expect(await base.listDeliveries()).toEqual([]);
});

test("a run of an agent that is not there any more fails alone, visibly", async () => {
  const base = combinedStore();
  const [gone, here2] = ["gone", "stays"].map((name) => defineAgent({ name, run: () => name }));
  const { arrived, deliverer } = letterbox();
  const held = { default: { maxConcurrent: 0 } };
  const first = harnessOn(base, { agents: [gone, here2] as never, lanes: held });
  const lost = await first.submit("gone", 0, { caller: "ada", destinations: here });
  const kept = await first.submit("stays", 0, { caller: "ada" });
  await first.close();
  await using second = harnessOn(base, { agents: [here2] as never, deliver: deliverer });
  await second.start();
  expect(await (await second.run(kept.id))?.result).toBe("stays");
  await expect((await second.run(lost.id))?.result).rejects.toMatchObject({
    code: "HARNESS_RUN_FAILED",
    failure: { code: "HARNESS_UNKNOWN_AGENT", message: 'There is no agent "gone" any more' },
  });
  await second.outbox?.settled(`${lost.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual([
    'gone could not finish: There is no agent "gone" any more (HARNESS_UNKNOWN_AGENT)',
  ]);
});

test("a run whose stored input does not fit any more fails alone", async () => {
  const base = combinedStore();
  const first = harnessOn(base, {
    agents: [defineAgent({ name: "worker", run: () => 1 })],
    lanes: { default: { maxConcurrent: 0 } },
  });
  const bad = await first.submit("worker", "text", { caller: "ada" });
  const good = await first.submit("worker", 4, { caller: "ada" });
  await first.close();
  const input = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) =>
        typeof value === "number" ? { value } : { issues: [{ message: "not a number" }] },
    },
  };
  const strict = defineAgent({ name: "worker", input, run: (_context, value: number) => value / 2 });
  await using second = harnessOn(base, { agents: [strict] });
  await second.start();
  expect(await (await second.run(good.id))?.result).toBe(2);
  await expect((await second.run(bad.id))?.result).rejects.toMatchObject({
    failure: { code: "HARNESS_INPUT" },
  });
});

test("a run that was interrupted says so at its destination, and its children fail with it", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const leaf = defineAgent({ name: "leaf", lane: "leaves", run: () => 1 });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(leaf, 0) });
  const options = { agents: [main, leaf], deliver: deliverer };
  const lanes = { default: { maxConcurrent: 1 }, leaves: { maxConcurrent: 0 } };
  let isDead = false;
  const first = dyingHarness(base, { ...options, lanes }, () => (isDead ? "before" : undefined));
  const run = await first.harness.submit(main, 0, { caller: "ada", destinations: here });
  while (!(await base.getJob(`${run.id}.1`))) await settled();
  isDead = true;
  await using second = harnessOn(base, {
    ...options,
    lanes: { default: { maxConcurrent: 1 }, leaves: { maxConcurrent: 1 } },
  });
  const report = await second.start();
  expect(report).toEqual({ resubmitted: [], finished: [], failed: [run.id] });
  expect(await base.getRun(run.id)).toMatchObject({
    state: "failed",
    failure: { code: "HARNESS_INTERRUPTED" },
  });
  expect(await base.getRun(`${run.id}.1`)).toMatchObject({
    state: "failed",
    failure: { code: "HARNESS_PARENT_INTERRUPTED" },
  });
  expect(await base.getJob(`${run.id}.1`)).toMatchObject({ state: "failed" });
  await second.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toHaveLength(1);
});

test("an agent with onInterrupted: requeue runs again and finds its finished cells", async () => {
  const base = combinedStore();
  const ran: string[] = [];
  let isDead = false;
  const work = async (
    { fanout, runId }: Pick<RunContext, "runId" | "fanout">,
    blocks: boolean,
  ): Promise<unknown> => {
    const grid = await fanout(
      ["a", "b"],
      [1, 2],
      async (task, target) => {
        ran.push(`${task}${target}`);
        if (blocks && ran.length === 3) {
          isDead = true;
          await new Promise(() => {});
        }
        return { task, target };
      },
      { maxConcurrent: 1 },
    );
    return { runId, values: grid.fulfilled.map(({ value }) => `${value.task}${value.target}`) };
  };
  const agent = (blocks: boolean) =>
    defineAgent({
      name: "worker",
      onInterrupted: "requeue",
      run: (context) => work({ runId: context.runId, fanout: context.fanout.bind(context) }, blocks),
    });
  const first = dyingHarness(base, { agents: [agent(true)] }, () => (isDead ? "before" : undefined));
  const run = await first.harness.submit("worker", 0, { caller: "ada", destinations: here });
  while (!isDead) await settled();
  await using second = harnessOn(base, { agents: [agent(false)] });
  await second.start();
  const result = await (await second.run(run.id))?.result;
  expect(result).toEqual({ runId: run.id, values: ["a1", "a2", "b1", "b2"] });
  expect(ran).toEqual(["a1", "a2", "b1", "b1", "b2"]);
});

test("files are gone with the process that made them: a reply that had any is told as interrupted", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({
    name: "worker",
    run: (context) => context.attach({ name: "a.txt", data: "x" }).then(() => "with a file"),
  });
  const options = { agents: [agent], deliver: deliverer };
  const first = dyingHarness(base, options, at("recordDeliveries", "before"));
  const run = await first.harness.submit(agent, 0, { caller: "ada", destinations: here });
  await first.died;
  await using second = harnessOn(base, options);
  expect(await second.start()).toMatchObject({ failed: [run.id] });
  await second.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toMatchObject([
    { files: [], text: expect.stringContaining("HARNESS_INTERRUPTED") as string },
  ]);
});

test("a reply with files that was recorded is delivered after the restart, with its files", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({
    name: "worker",
    run: (context) => context.attach({ name: "a.txt", data: "x" }).then(() => "with a file"),
  });
  const options = { agents: [agent], deliver: deliverer };
  const first = dyingHarness(base, options, at("recordDeliveries", "after"));
  const run = await first.harness.submit(agent, 0, { caller: "ada", destinations: here });
  await first.died;
  await using second = harnessOn(base, options);
  expect(await second.start()).toMatchObject({ finished: [run.id] });
  await second.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toMatchObject([{ text: "with a file", files: [["a.txt", "x"]] }]);
});

test("the same agent, caller and key is the same run: while it is open, when it has ended, and after a restart", async () => {
  const base = combinedStore();
  let starts = 0;
  const agent = defineAgent({ name: "worker", run: () => (starts += 1) });
  const first = harnessOn(base, { agents: [agent] });
  const submit = (harness: typeof first, caller = "ada") =>
    harness.submit(agent, 0, { caller, key: "monday" });
  const [one, other] = await Promise.all([submit(first), submit(first)]);
  expect(other.id).toBe(one.id);
  expect(await one.result).toBe(1);
  expect(await (await submit(first)).result).toBe(1);
  expect((await submit(first, "bob")).id).not.toBe(one.id);
  await first.close();
  await using second = harnessOn(base, { agents: [agent] });
  const again = await submit(second);
  expect(again.id).toBe(one.id);
  expect(await again.result).toBe(1);
  expect(starts).toBe(2);
});

test("submit() with the key of a run that was recorded and never queued queues it", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => "done" });
  const first = dyingHarness(base, { agents: [agent] }, at("createRun", "after"));
  void first.harness.submit(agent, 0, { caller: "ada", key: "monday" });
  await first.died;
  await using second = harnessOn(base, { agents: [agent] });
  const run = await second.submit(agent, 0, { caller: "ada", key: "monday" });
  expect(await run.result).toBe("done");
  expect(await base.listRuns()).toHaveLength(1);
});

test("run() is the same run in another process: result, events and placement", async () => {
  const base = combinedStore();
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const agent = defineAgent({
    name: "worker",
    run: async (context) => {
      await opened;
      context.progress.note("found one");
      return { found: 1 };
    },
  });
  await using one = harnessOn(base, { agents: [agent], persist: alive });
  await using other = harnessOn(base, { agents: [agent], persist: alive });
  const { id } = await one.submit(agent, 0, { caller: "ada" });
  const run = await other.run(id);
  const result = run?.result;
  expect((await run?.placement())?.state).toMatch(/queued|running/);
  open();
  expect(await result).toEqual({ found: 1 });
  const types = [];
  for await (const event of run?.events() ?? []) types.push(event.type);
  expect(types).toEqual(["run-accepted", "run-started", "progress", "progress", "progress", "run-ended"]);
  expect(await run?.placement()).toEqual({ state: "finished", exact: true });
});

test("run.placement() of a run whose end is recorded says how it ended, also while its job still counts as running", async () => {
  const base = combinedStore();
  const written = Promise.withResolvers<void>();
  const store = changedStore(base, {
    updateJobState: async (move) => {
      if (move.to === "finished") await written.promise;
      return base.updateJobState(move);
    },
  });
  const agent = defineAgent({ name: "worker", run: () => "done" });
  await using one = harnessOn(store, { agents: [agent], persist: alive });
  await using other = harnessOn(base, { agents: [agent], persist: alive });
  const { id } = await one.submit(agent, 0, { caller: "ada" });
  const run = await other.run(id);
  await run?.result;
  const placement = await run?.placement();
  written.resolve();
  expect(placement).toEqual({ state: "finished", exact: true });
});

test("cancel() of a run that another process has queued takes it out, and says so at its destination", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({ name: "worker", run: () => 1 });
  const lanes = { default: { maxConcurrent: 0 } };
  await using one = harnessOn(base, { agents: [agent], lanes, persist: alive });
  await using other = harnessOn(base, { agents: [agent], lanes, deliver: deliverer, persist: alive });
  const { id } = await one.submit(agent, 0, { caller: "ada", destinations: here });
  await other.start();
  const run = await other.run(id);
  await run?.cancel();
  expect(await base.getRun(id)).toMatchObject({ state: "cancelled", failure: { code: "HARNESS_CANCELLED" } });
  await expect(run?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  await other.outbox?.settled(`${id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["worker was cancelled."]);
});

test("cancel() of a run that was recovered and is queued ends it as cancelled", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => 1 });
  const lanes = { default: { maxConcurrent: 0 } };
  const first = harnessOn(base, { agents: [agent], lanes });
  const { id } = await first.submit(agent, 0, { caller: "ada" });
  await first.close();
  await using second = harnessOn(base, { agents: [agent], lanes });
  await second.start();
  const run = await second.run(id);
  await run?.cancel();
  await expect(run?.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  expect(await base.getRun(id)).toMatchObject({ state: "cancelled" });
});

test("a run that waits for another process rejects with HARNESS_CLOSED when its harness closes", async () => {
  const base = combinedStore();
  const agent = defineAgent({ name: "worker", run: () => 1 });
  const lanes = { default: { maxConcurrent: 0 } };
  await using one = harnessOn(base, { agents: [agent], lanes, persist: alive });
  const other = harnessOn(base, { agents: [agent], lanes, persist: alive });
  const { id } = await one.submit(agent, 0, { caller: "ada" });
  const result = (await other.run(id))?.result;
  await other.close();
  await expect(result).rejects.toMatchObject({ code: "HARNESS_CLOSED" });
});

test("a store without an outbox takes runs, but none with a destination", async () => {
  const store = changedStore(combinedStore(), {});
  const bare = new Proxy(store, {
    get: (target, name) => (/Deliver|Blob/.test(String(name)) ? undefined : Reflect.get(target, name)),
  });
  const agent = defineAgent({ name: "worker", run: () => 1 });
  await using harness = harnessOn(bare, { agents: [agent] });
  expect(harness.outbox).toBeUndefined();
  expect(await (await harness.submit(agent, 0, { caller: "ada" })).result).toBe(1);
  await expect(harness.submit(agent, 0, { caller: "ada", destinations: here })).rejects.toMatchObject({
    code: "HARNESS_NO_OUTBOX",
  });
});

test("run.cancel() ends the rows and jobs of all descendants as cancelled", async () => {
  const base = combinedStore();
  const leaf = defineAgent({
    name: "leaf",
    run: ({ signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      ),
  });
  const main = defineAgent({
    name: "main",
    run: (context) => Promise.all([context.dispatch(leaf, 1), context.dispatch(leaf, 2)]),
  });
  const harness = harnessOn(base, { agents: [main, leaf], lanes: { default: { maxConcurrent: 1 } } });
  const run = await harness.submit(main, 0, { caller: "ada" });
  while ((await base.getJob(`${run.id}.1`))?.state !== "running") await settled();
  await run.cancel();
  await run.result.catch(() => {});
  await harness.close();
  const states = (await base.listRuns({ rootRunId: run.id })).map(({ runId, state }) => [runId, state]);
  expect(states).toEqual([
    [run.id, "cancelled"],
    [`${run.id}.1`, "cancelled"],
    [`${run.id}.2`, "cancelled"],
  ]);
  for (const [runId = ""] of states) expect(await base.getJob(runId)).toMatchObject({ state: "cancelled" });
});

test("a run whose result was recorded is not started again, also if its agent says requeue", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  let starts = 0;
  const agent = defineAgent({
    name: "worker",
    onInterrupted: "requeue",
    run: () => `answer ${(starts += 1)}`,
  });
  const options = { agents: [agent], deliver: deliverer };
  const first = dyingHarness(base, options, at("recordDeliveries", "before"));
  const run = await first.harness.submit(agent, 0, { caller: "ada", destinations: here });
  await first.died;
  await using second = harnessOn(base, options);
  await second.start();
  expect(await (await second.run(run.id))?.result).toBe("answer 1");
  await second.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["answer 1"]);
  expect(starts).toBe(1);
});

test("start() leaves runs and children of a live process alone", async () => {
  const base = combinedStore();
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const leaf = defineAgent({ name: "leaf", run: () => opened.then(() => "leaf") });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(leaf, 0) });
  await using one = harnessOn(base, { agents: [main, leaf], persist: alive });
  const run = await one.submit(main, 0, { caller: "ada" });
  while ((await base.getJob(`${run.id}.1`))?.state !== "running") await settled();
  await using other = harnessOn(base, { agents: [main, leaf], persist: alive });
  expect(await other.start()).toEqual({ resubmitted: [], finished: [], failed: [] });
  for (const runId of [run.id, `${run.id}.1`])
    expect(await base.getRun(runId)).toMatchObject({ state: "open" });
  open();
  expect(await run.result).toBe("leaf");
});

test("a run that is started again ends what its earlier start began", async () => {
  const base = combinedStore();
  const leaf = defineAgent({ name: "leaf", lane: "leaves", run: () => 1 });
  let starts = 0;
  const main = defineAgent({
    name: "main",
    onInterrupted: "requeue",
    run: async (context): Promise<unknown> => {
      starts += 1;
      if (starts === 1) return context.dispatch(leaf, 0);
      return (await base.getRun(`${context.runId}.1`))?.failure?.code;
    },
  });
  const lanes = { default: { maxConcurrent: 1 }, leaves: { maxConcurrent: 0 } };
  const options = { agents: [main, leaf], lanes };
  // The child is recorded, and its job is not.
  const first = dyingHarness(base, options, at("enqueueJob", "before", 2));
  const run = await first.harness.submit(main, 0, { caller: "ada" });
  await first.died;
  await using second = harnessOn(base, options);
  await second.start();
  expect(await (await second.run(run.id))?.result).toBe("HARNESS_PARENT_INTERRUPTED");
});

test("cancel() of a run that was recovered and runs rejects its result at once, whatever its code does", async () => {
  const base = combinedStore();
  let starts = 0;
  const agent = defineAgent({
    name: "stuck",
    run: () => {
      starts += 1;
      return new Promise(() => {});
    },
  });
  const first = harnessOn(base, { agents: [agent], lanes: { default: { maxConcurrent: 0 } } });
  const { id } = await first.submit(agent, 0, { caller: "ada" });
  await first.close();
  const second = harnessOn(base, { agents: [agent] });
  await second.start();
  while (starts === 0) await settled();
  const run = await second.run(id);
  await run?.cancel();
  await expect(run?.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  expect(await base.getRun(id)).toMatchObject({ state: "cancelled" });
  await second.close({ graceMs: 0 });
});

test("of two last messages for one run the first that was recorded counts, and the run ends as it says", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({
    name: "worker",
    run: async ({ runId }) => {
      // As another process would, that takes this one for dead.
      await harness.outbox?.enqueue([here], { key: `${runId}/0`, text: "interrupted" });
      return "the answer";
    },
  });
  await using harness = harnessOn(base, { agents: [agent], deliver: deliverer });
  const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_ENDED_ELSEWHERE" });
  await expect((await harness.run(run.id))?.result).rejects.toMatchObject({ code: "HARNESS_RUN_FAILED" });
  await harness.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["interrupted"]);
});
