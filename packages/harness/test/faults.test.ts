import { codec, createConfig } from "@executus/config";
import { createIdentity } from "@executus/identity";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessEvent, type HarnessOptions } from "../src/index.ts";
import { changedStore, combinedStore, type WholeStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";

const here = { channel: "chat", to: "ada" };
const outbox = { deadlineMs: 20, leaseMs: 10, pollMs: 10 };
const persist = { leaseMs: 1_000, storeTimeoutMs: 40 };
const agent = defineAgent({ name: "worker", run: () => "the answer" });

function loud() {
  const warnings: string[] = [];
  return { warnings, logger: { warn: (_context: object, message: string) => void warnings.push(message) } };
}

function harnessOn(store: WholeStore, options: Partial<HarnessOptions> = {}) {
  const { logger } = loud();
  return createHarness({ agents: [agent], logger, pollMs: 2, persist, outbox, ...options, store });
}

const code = (error: unknown): unknown => (error as { code?: unknown }).code;
const refuse = (): Promise<never> => Promise.reject(new Error("the disk is full"));
const hang = (): Promise<never> => new Promise(() => {});
const faults = [
  ["throws", refuse],
  ["hangs", hang],
] as const;

/** The same method, which fails so often and then works. */
function failing<M extends keyof WholeStore>(
  base: WholeStore,
  method: M,
  times: number,
): Partial<WholeStore> {
  let left = times;
  const original = base[method] as (...given: unknown[]) => Promise<unknown>;
  const changed = (...given: unknown[]): Promise<unknown> => (left-- > 0 ? refuse() : original(...given));
  return { [method]: changed } as Partial<WholeStore>;
}

/** The same method, which does its work and loses the first answer. */
function losing<M extends keyof WholeStore>(base: WholeStore, method: M): Partial<WholeStore> {
  let isLost = false;
  const original = base[method] as (...given: unknown[]) => Promise<unknown>;
  const changed = async (...given: unknown[]): Promise<unknown> => {
    const answer = await original(...given);
    if (isLost) return answer;
    isLost = true;
    throw new Error("the connection was lost");
  };
  return { [method]: changed } as Partial<WholeStore>;
}

test.each(["createRun", "enqueueJob", "recordRunResult", "recordDeliveries", "endRun"] as const)(
  "a store that hangs once at %s is asked again, and that changes nothing",
  async (method) => {
    const base = combinedStore();
    let isHanging = true;
    const original = base[method] as (...given: unknown[]) => Promise<unknown>;
    const changed = (...given: unknown[]): Promise<unknown> => {
      if (!isHanging) return original(...given);
      isHanging = false;
      return hang();
    };
    const store = changedStore(base, { [method]: changed } as Partial<WholeStore>);
    const { arrived, deliverer } = letterbox();
    await using harness = harnessOn(store, {
      deliver: deliverer,
      persist: { ...persist, storeTimeoutMs: 400 },
    });
    const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
    expect(await run.result).toBe("the answer");
    await harness.outbox?.settled(`${run.id}/0/0`);
    expect(arrived.map(({ text }) => text)).toEqual(["the answer"]);
    expect(await base.listRuns()).toMatchObject([{ state: "finished" }]);
  },
);

const steps = ["createRun", "enqueueJob", "recordRunResult", "recordDeliveries", "endRun"] as const;

test.each(steps)("a store that fails once at %s, or loses the answer, changes nothing", async (method) => {
  for (const fault of [failing, losing]) {
    const base = combinedStore();
    const { arrived, deliverer } = letterbox();
    const store = changedStore(base, fault === failing ? failing(base, method, 1) : losing(base, method));
    await using harness = harnessOn(store, {
      deliver: deliverer,
      persist: { ...persist, storeTimeoutMs: 5_000 },
    });
    const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
    expect(await run.result).toBe("the answer");
    await harness.outbox?.settled(`${run.id}/0/0`);
    expect(arrived.map(({ text }) => text)).toEqual(["the answer"]);
    expect(await base.listRuns()).toMatchObject([{ state: "finished" }]);
  }
});

test.each(faults)(
  "a store that %s at createRun: the submit says so, and nothing runs",
  async (_name, fault) => {
    const base = combinedStore();
    await using harness = harnessOn(changedStore(base, { createRun: fault }));
    expect(await harness.submit(agent, 0, { caller: "ada" }).catch(code)).toBe("HARNESS_STORE_UNKNOWN");
    expect(await base.listRuns()).toEqual([]);
    expect(await base.listQueuedJobs("default")).toEqual([]);
  },
);

test.each(faults)(
  "a store that %s at enqueueJob: the submit says so, and the run is not lost",
  async (_name, fault) => {
    const base = combinedStore();
    const first = harnessOn(changedStore(base, { enqueueJob: fault }), { pollMs: 60_000 });
    expect(await first.submit(agent, 0, { caller: "ada" }).catch(code)).toBe("LANE_STORE_UNKNOWN");
    await first.close();
    await using second = harnessOn(base);
    const [row] = await base.listRuns();
    expect(await second.start()).toMatchObject({ resubmitted: [row?.runId] });
    expect(await (await second.run(row?.runId ?? ""))?.result).toBe("the answer");
  },
);

test.each(faults)(
  "a store that %s at recordRunResult: the result is not told, and the run ends as interrupted or is found out later",
  async (_name, fault) => {
    const base = combinedStore();
    const { arrived, deliverer } = letterbox();
    const options = { deliver: deliverer };
    await using harness = harnessOn(changedStore(base, { recordRunResult: fault }), options);
    const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
    expect(await run.result.catch(code)).toBe("HARNESS_STORE_UNKNOWN");
    // Looked at again by itself.
    expect(await (await harness.run(run.id))?.result.catch(code)).toBe("HARNESS_RUN_FAILED");
    await harness.outbox?.settled(`${run.id}/0/0`);
    expect(arrived).toHaveLength(1);
    expect(await base.getRun(run.id)).toMatchObject({ state: "failed" });
  },
);

test.each(faults)(
  "a store that %s at recordDeliveries for a while: the reply is recorded later, and the work is not done again",
  async (_name, fault) => {
    const base = combinedStore();
    const { arrived, deliverer } = letterbox();
    let isBroken = true;
    let starts = 0;
    const counting = defineAgent({ name: "worker", run: () => `answer ${(starts += 1)}` });
    const recordDeliveries: WholeStore["recordDeliveries"] = (given) =>
      isBroken ? fault() : base.recordDeliveries(given);
    await using harness = harnessOn(changedStore(base, { recordDeliveries }), {
      agents: [counting],
      deliver: deliverer,
    });
    const run = await harness.submit(counting, 0, { caller: "ada", destinations: here });
    expect(await run.result.catch(code)).toBe("HARNESS_STORE_UNKNOWN");
    isBroken = false;
    expect(await (await harness.run(run.id))?.result).toBe("answer 1");
    await harness.outbox?.settled(`${run.id}/0/0`);
    expect(arrived.map(({ text }) => text)).toEqual(["answer 1"]);
    expect(starts).toBe(1);
  },
);

test.each(faults)(
  "a store that %s at endRun for a while: the result is told, and the end is written later",
  async (_name, fault) => {
    const base = combinedStore();
    let isBroken = true;
    const { warnings, logger } = loud();
    const endRun: WholeStore["endRun"] = (end) => (isBroken ? fault() : base.endRun(end));
    await using harness = harnessOn(changedStore(base, { endRun }), { logger });
    const run = await harness.submit(agent, 0, { caller: "ada" });
    expect(await run.result).toBe("the answer");
    expect(await base.getRun(run.id)).toMatchObject({ state: "open" });
    expect(warnings).toContain(`The end of run "${run.id}" is not recorded`);
    isBroken = false;
    expect(await (await harness.run(run.id))?.result).toBe("the answer");
    expect(await base.getRun(run.id)).toMatchObject({ state: "finished" });
  },
);

test("a store that cannot keep events or cells is reported, and the work goes on", async () => {
  const base = combinedStore();
  const { warnings, logger } = loud();
  const store = changedStore(base, { appendRunEvents: refuse, putRunCell: refuse });
  const fans = defineAgent({
    name: "fans",
    run: async (context) =>
      (await context.fanout([1], [2], (task, target) => task + target)).fulfilled.length,
  });
  const harness = harnessOn(store, { agents: [fans], logger });
  const run = await harness.submit(fans, 0, { caller: "ada" });
  expect(await run.result).toBe(1);
  await harness.close();
  expect(warnings).toContain("Events of a run are lost");
  expect(warnings).toContain(`Cell 1/0,0 of run "${run.id}" is not stored`);
});

test("a store that records a child and loses every answer: the child's run ends with its parent's", async () => {
  const base = combinedStore();
  const child = defineAgent({ name: "child", run: () => 1 });
  const parent = defineAgent({
    name: "parent",
    run: (context) => context.dispatch(child, 0).catch(code),
  });
  const createRun: WholeStore["createRun"] = async (run) => {
    const created = await base.createRun(run);
    if (run.parentRunId !== undefined) throw new Error("the connection was lost");
    return created;
  };
  await using harness = harnessOn(changedStore(base, { createRun }), { agents: [parent, child] });
  const run = await harness.submit(parent, 0, { caller: "ada" });
  expect(await run.result).toBe("HARNESS_STORE_UNKNOWN");
  const stored = await harness.run(`${run.id}.1`);
  expect(await stored?.result.catch(code)).toBe("HARNESS_RUN_FAILED");
});

test("a deliverer that throws: the caller has the result, the delivery says what is known, the work is not done again", async () => {
  let starts = 0;
  const told: HarnessEvent[] = [];
  const counting = defineAgent({ name: "worker", run: () => (starts += 1) });
  await using harness = createHarness({
    agents: [counting],
    logger: loud().logger,
    outbox: { retry: { attempts: 1 } },
    deliver: { deliver: () => Promise.reject(new Error("gateway is down")) },
    onEvent: (event) => void told.push(event),
  });
  const run = await harness.submit(counting, 0, { caller: "ada", destinations: here });
  expect(await run.result).toBe(1);
  const entry = await harness.outbox?.settled(`${run.id}/0/0`);
  expect(["failed", "unknown"]).toContain(entry?.state);
  expect(JSON.stringify(entry)).not.toContain("gateway");
  expect(told).toContainEqual(
    expect.objectContaining({ type: "delivery-ended", runId: run.id, state: entry?.state }),
  );
  expect(starts).toBe(1);
});

test("a deliverer that hangs until it is told to stop holds up neither the run nor close", async () => {
  const deliverer: HarnessOptions["deliver"] = {
    deliver: (_destination, _message, { signal } = {}) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason as Error)),
      ),
  };
  const base = combinedStore();
  const harness = harnessOn(base, { deliver: deliverer, outbox: {} });
  const run = await harness.submit(agent, 0, { caller: "ada", destinations: here });
  expect(await run.result).toBe("the answer");
  expect(await base.getRun(run.id)).toMatchObject({ state: "finished" });
  await harness.close({ graceMs: 0 });
});

test.each(faults)(
  "a resolver that %s: the submit is denied, nothing is stored, nothing runs",
  async (_name, fault) => {
    const base = combinedStore();
    const policy = {
      name: "members",
      decide: async ({ member }: { member: () => Promise<unknown> }) => (await member()) !== undefined,
    };
    const identity = createIdentity({
      policy: policy as never,
      resolver: { resolve: fault },
      timeoutMs: 20,
      logger: loud().logger,
    });
    await using harness = harnessOn(base, { identity });
    const caller = { platform: "slack", id: "ada" };
    expect(await harness.submit(agent, 0, { caller }).catch(code)).toBe("IDENTITY_UNDECIDED");
    expect(await base.listRuns()).toEqual([]);
  },
);

test("a source of settings that fails leaves limits and settings at their last values, and runs go on", async () => {
  let isBroken = false;
  const source = {
    get: (key: string): unknown => {
      if (isBroken) throw new Error("no file");
      return { "lane.max": 1, model: "small" }[key];
    },
  };
  const shape = { "lane.max": { schema: codec.int }, model: { schema: codec.string } };
  const { warnings, logger } = loud();
  using config = await createConfig(shape, { sources: [source], logger });
  const asks = defineAgent({ name: "asks", run: (context) => context.config?.get("model") });
  const lanes = { default: { maxConcurrent: config.live("lane.max") } };
  await using harness = createHarness({ agents: [asks], lanes, config, logger });
  isBroken = true;
  expect(await config.reload()).toMatchObject({ ok: false });
  expect(await (await harness.submit(asks, 0, { caller: "ada" })).result).toBe("small");
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ maxConcurrent: 1 });
  expect(warnings).toEqual([]);
});

test("an agent that throws fails alone: what is stored and delivered names no internals", async () => {
  const base = combinedStore();
  const { arrived, deliverer } = letterbox();
  const { warnings, logger } = loud();
  const broken = defineAgent({ name: "broken", run: () => Promise.reject(new Error("token is hunter2")) });
  await using harness = harnessOn(base, { agents: [agent, broken], deliver: deliverer, logger });
  const [bad, good] = [
    await harness.submit(broken, 0, { caller: "ada", destinations: here }),
    await harness.submit(agent, 0, { caller: "ada" }),
  ];
  await expect(bad.result).rejects.toThrow("token is hunter2");
  expect(await good.result).toBe("the answer");
  await harness.outbox?.settled(`${bad.id}/0/0`);
  expect(await base.getRun(bad.id)).toMatchObject({
    state: "failed",
    failure: { code: "HARNESS_AGENT_FAILED", message: 'Agent "broken" failed' },
  });
  expect(JSON.stringify([arrived, await base.listRunEvents(bad.id)])).not.toContain("hunter2");
  expect(arrived).toHaveLength(1);
  expect(warnings).toEqual([`Agent "broken" failed in run "${bad.id}"`]);
});

test("an agent that never settles is cancelled for its caller, and is listed by close", async () => {
  const base = combinedStore();
  const stuck = defineAgent({ name: "stuck", run: hang });
  const harness = harnessOn(base, { agents: [stuck] });
  const run = await harness.submit(stuck, 0, { caller: "ada" });
  await run.cancel();
  expect(await run.result.catch(code)).toBe("HARNESS_CANCELLED");
  expect(await base.getRun(run.id)).toMatchObject({ state: "cancelled" });
  expect(await harness.close({ graceMs: 0 })).toMatchObject({ abandoned: [run.id] });
});
