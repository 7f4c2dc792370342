import { allowIds, createIdentity, memoryMembers } from "@executus/identity";
import { createAttachmentHub } from "@executus/pendingattach";
import { expect, test } from "vitest";
import {
  createHarness,
  defineAgent,
  type HarnessEvent,
  type HarnessOptions,
  type RunContext,
  type Schema,
} from "../src/index.ts";

import { changedStore, combinedStore } from "./combined-store.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const silent = { warn: (): void => {} };

function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const any = defineAgent({ name: "any", run: () => "any" });
const echo = defineAgent({ name: "echo", run: (_context, text: string) => text });
const picky = defineAgent({
  name: "picky",
  input: {
    "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) },
  } satisfies Schema,
  run: () => "never",
});

/** Runs one agent with the code that is given, and gives what it gave. */
async function runOne(code: (context: RunContext) => unknown, options: Partial<HarnessOptions> = {}) {
  const agent = defineAgent({ name: "main", run: (context) => code(context) });
  const agents = [agent, ...(options.agents ?? [])];
  await using harness = createHarness({ logger: silent, ...options, agents });
  const run = await harness.submit(agent, undefined, { caller: "ada" });
  return await run.result;
}

test("dispatch() gives what the child gave, also through one slot", async () => {
  const lanes = { default: { maxConcurrent: 1 } };
  expect(await runOne((context) => context.dispatch(echo, "deep"), { agents: [echo], lanes })).toBe("deep");
});

test("dispatch() to a depth above the number of slots finishes", async () => {
  const names = ["a", "b", "c", "d"];
  const agents = names.map((name, index) =>
    defineAgent({
      name,
      run: async (context): Promise<unknown> =>
        index === names.length - 1
          ? context.agent
          : [name, await context.dispatch(names[index + 1] ?? "", 0)],
    }),
  );
  await using harness = createHarness({
    agents,
    lanes: { default: { maxConcurrent: 1 } },
    guard: { limits: { maxDepth: 10 } },
  });
  const run = await harness.submit("a", 0, { caller: "ada" });
  expect(await run.result).toEqual(["a", ["b", ["c", "d"]]]);
});

test("dispatch() frees the parent's slot while it waits: as many run as there are slots, and no more", async () => {
  let running = 0;
  let most = 0;
  const leaf = defineAgent({
    name: "leaf",
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      await settled();
      running -= 1;
    },
  });
  const parent = defineAgent({
    name: "parent",
    run: (context) => Promise.all([1, 2, 3].map((number) => context.dispatch(leaf, number))),
  });
  await using harness = createHarness({
    agents: [leaf, parent],
    lanes: { default: { maxConcurrent: 2 } },
  });
  const runs = await Promise.all([1, 2, 3].map(() => harness.submit(parent, 0, { caller: "ada" })));
  await Promise.all(runs.map((run) => run.result));
  expect(most).toBe(2);
});

test("a child runs for its parent's caller, in its own agent's lane, with the tree's root", async () => {
  const child = defineAgent({
    name: "child",
    lane: "small",
    run: ({ caller, rootRunId, runId }) => ({ caller, rootRunId, runId }),
  });
  const told: HarnessEvent[] = [];
  const seen = await runOne(
    async (context) => ({ id: context.runId, child: await context.dispatch(child, 0) }),
    {
      agents: [child],
      lanes: { default: { maxConcurrent: 1 }, small: { maxConcurrent: 1 } },
      onEvent: (event) => void told.push(event),
    },
  );
  const { id } = seen as { id: string };
  expect(seen).toEqual({ id, child: { caller: "ada", rootRunId: id, runId: `${id}.1` } });
  expect(told).toContainEqual(
    expect.objectContaining({ type: "run-accepted", runId: `${id}.1`, parentRunId: id, lane: "small" }),
  );
  expect(told).toContainEqual(
    expect.objectContaining({ type: "job-queued", jobId: `${id}.1`, callerId: "ada" }),
  );
});

test("dispatch() of an agent that stands above is refused with GUARD_CYCLE, also through the queue", async () => {
  const told: HarnessEvent[] = [];
  const back = defineAgent({ name: "back", run: (context) => context.dispatch("main", 0) });
  const refused = runOne((context) => context.dispatch(back, 0), {
    agents: [back],
    onEvent: (event) => void told.push(event),
  });
  await expect(refused).rejects.toMatchObject({ code: "GUARD_CYCLE" });
  expect(told).toContainEqual(expect.objectContaining({ type: "guard-refused", target: "main" }));
});

test("dispatch() is refused before anything is awaited", async () => {
  const refusals = await runOne(
    async (context) => {
      const calls = Array.from({ length: 5 }, (_, number) => context.dispatch(echo, String(number)));
      return (await Promise.allSettled(calls)).map(({ status }) => status);
    },
    { agents: [echo], guard: { limits: { maxFanOut: 2 } } },
  );
  expect(refusals).toEqual(["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
});

test("dispatch() of the same call in flight is refused, or joined where that is asked for", async () => {
  const wait = gate();
  let count = 0;
  const slow = defineAgent({ name: "slow", run: () => wait.opened.then(() => (count += 1)) });
  const result = await runOne(
    async (context) => {
      const first = context.dispatch(slow, { a: 1 });
      const second = await context.dispatch(slow, { a: 1 }).catch((error: { code: string }) => error.code);
      const joined = context.dispatch(slow, { a: 1 }, { onDuplicate: "join" });
      wait.open();
      return [await first, second, await joined];
    },
    { agents: [slow] },
  );
  expect(result).toEqual([1, "GUARD_DUPLICATE", 1]);
});

test("dispatch() that joins a call in flight frees its slot meanwhile, which that call may need", async () => {
  const leaf = defineAgent({ name: "leaf", run: () => "leaf" });
  const asking = (name: string) =>
    defineAgent({ name, run: (context) => context.dispatch(leaf, 0, { onDuplicate: "join" }) });
  const agents = [leaf, asking("one"), asking("other")];
  const result = await runOne(
    (context) => Promise.all([context.dispatch("one", 0), context.dispatch("other", 0)]),
    { agents, lanes: { default: { maxConcurrent: 1 } } },
  );
  expect(result).toEqual(["leaf", "leaf"]);
});

test("dispatch() that would join and is refused keeps its slot", async () => {
  const yields: string[] = [];
  const main = defineAgent({
    name: "main",
    run: (context) => context.dispatch("main", 0, { onDuplicate: "join" }),
  });
  const onEvent = ({ type }: HarnessEvent): void => void yields.push(type);
  await using harness = createHarness({ agents: [main], onEvent });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await expect(run.result).rejects.toMatchObject({ code: "GUARD_CYCLE" });
  expect(yields).not.toContain("job-yielded");
});

const comingToNothing: readonly (readonly [
  what: string,
  dispatch: (context: RunContext) => Promise<unknown>,
])[] = [
  ["a signal that has aborted", (context) => context.dispatch(echo, "", { signal: AbortSignal.abort() })],
  ["an input that does not fit", (context) => context.dispatch(picky, "no")],
  ["an input that is not JSON", (context) => context.dispatch(echo, 1n as never)],
];

test.for(comingToNothing)(
  "dispatch() that comes to nothing at once keeps its slot: %s",
  async ([, dispatch]) => {
    const types: string[] = [];
    const refusal = await runOne((context) => dispatch(context).catch(({ name }: Error) => name), {
      agents: [echo, picky],
      onEvent: ({ type }) => void types.push(type),
    });
    expect(refusal).toMatch(/Error$/);
    expect(types).toContain("job-started");
    expect(types).not.toContain("job-yielded");
  },
);

test("a child whose run is cancelled while it is being recorded ends, though no slot is freed for it any more", async () => {
  const [recording, recorded] = [gate(), gate()];
  const base = combinedStore();
  const store = changedStore(base, {
    createRun: async (run) => {
      if (run.agent === "echo") {
        recording.open();
        await recorded.opened;
      }
      return base.createRun(run);
    },
  });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(echo, "") });
  await using harness = createHarness({ agents: [main, echo], store, logger: silent });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await recording.opened;
  await run.cancel();
  recorded.open();
  const states = async (): Promise<string[]> => (await base.listRuns()).map(({ state }) => state);
  while ((await states()).length < 2 || (await states()).includes("open")) await settled();
  expect(await states()).toEqual(["cancelled", "cancelled"]);
});

test("dispatch() rejects with HARNESS_UNKNOWN_AGENT, HARNESS_INPUT and what the child threw", async () => {
  const failure = new Error("no");
  const broken = defineAgent({ name: "broken", run: () => Promise.reject(failure) });
  const codes = await runOne(
    async (context) => {
      const code = (error: unknown): unknown => (error as { code?: string }).code ?? error;
      return [
        await context.dispatch("nobody", 0).catch(code),
        (await context.dispatch(broken, 0).catch(code)) === failure,
      ];
    },
    { agents: [broken] },
  );
  expect(codes).toEqual(["HARNESS_UNKNOWN_AGENT", true]);
});

test("dispatch(), fanout() and require() refuse a bad argument with a TypeError that names it, before anything starts", async () => {
  let starts = 0;
  const child = defineAgent({ name: "child", run: () => (starts += 1) });
  const problems = await runOne(
    async (context) => {
      const run = context as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
      const cell = (): number => (starts += 1);
      const calls = [
        run["dispatch"]?.(child, 0, null),
        run["dispatch"]?.(5, 0),
        run["fanout"]?.([1], [1], cell, null),
        run["fanout"]?.([1], [1]),
        run["fanout"]?.([1], [1], cell, { onCell: 5 }),
        run["fanout"]?.([1], [1], cell, { signal: 5 }),
        run["require"]?.("act", null),
      ];
      const settledCalls = await Promise.allSettled(calls);
      return settledCalls.map((call) => (call.status === "rejected" ? String(call.reason) : call.status));
    },
    { agents: [child] },
  );
  expect(problems).toEqual([
    "TypeError: Cannot dispatch \"child\": 'options' must be an object: received null",
    "TypeError: Cannot dispatch: 'agent' must be an agent or the name of one: received 5",
    "TypeError: Cannot fan out: 'options' must be an object: received null",
    "TypeError: Cannot fan out: 'run' must be a function: received undefined",
    "TypeError: Cannot fan out: 'onCell' must be a function: received 5",
    "TypeError: Cannot fan out: 'signal' must be an AbortSignal: received 5",
    "TypeError: Cannot require: 'options' must be an object: received null",
  ]);
  expect(starts).toBe(0);
});

test.each([undefined, combinedStore()])(
  "dispatch() of an input that is not JSON is HARNESS_INPUT, with a store and without",
  async (store) => {
    const itself: { itself?: unknown } = {};
    itself.itself = itself;
    const codes = await runOne(
      async (context) => {
        const inputs = [itself, 1n, () => 1, Symbol("s")];
        const calls = await Promise.allSettled(inputs.map((input) => context.dispatch(any, input)));
        return calls.map((call) => (call.status === "rejected" ? (call.reason as { code: string }).code : 0));
      },
      { agents: [any], store },
    );
    expect(codes).toEqual(["HARNESS_INPUT", "HARNESS_INPUT", "HARNESS_INPUT", "HARNESS_INPUT"]);
  },
);

test("submit() and a result of what JSON has no word for is HARNESS_INPUT and HARNESS_OUTPUT", async () => {
  await expect(runOne(() => () => 1)).rejects.toMatchObject({ code: "HARNESS_OUTPUT" });
  await using harness = createHarness({ agents: [any] });
  const submitted = harness.submit(any, () => 1, { caller: "ada" });
  await expect(submitted).rejects.toMatchObject({ code: "HARNESS_INPUT" });
  expect(await (await harness.submit(any, undefined, { caller: "ada" })).result).toBe("any");
});

test("run.cancel() reaches running and queued descendants, and all slots come back", async () => {
  const started: string[] = [];
  const leaf = defineAgent({
    name: "leaf",
    run: ({ signal }, name: string) => {
      started.push(name);
      return aborted(signal);
    },
  });
  const middle = defineAgent({
    name: "middle",
    run: (context) => Promise.all([context.dispatch(leaf, "one"), context.dispatch(leaf, "two")]),
  });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(middle, 0) });
  await using harness = createHarness({
    agents: [main, middle, leaf],
    lanes: { default: { maxConcurrent: 1 } },
  });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  expect(started).toEqual(["one"]);
  const reason = new Error("enough");
  await run.cancel(reason);
  await expect(run.result).rejects.toBe(reason);
  await settled();
  expect(started).toEqual(["one"]);
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ queued: 0, running: 0, cancelled: 4 });
  expect(await harness.run(`${run.id}.1.1`)).toBeUndefined();
});

test("a deadline of the tree rejects the run at once, and its slot is free when its code has settled", async () => {
  const wait = gate();
  const stubborn = defineAgent({ name: "stubborn", run: () => wait.opened });
  await using harness = createHarness({
    agents: [stubborn],
    lanes: { default: { maxConcurrent: 1 } },
    guard: { limits: { deadlineMs: 1 } },
  });
  const run = await harness.submit(stubborn, 0, { caller: "ada" });
  await expect(run.result).rejects.toMatchObject({ code: "GUARD_DEADLINE" });
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ running: 1 });
  wait.open();
  await settled();
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ running: 0 });
});

test("reserve() takes from a budget of the whole tree, and throws the refusal when that is used up", async () => {
  const spender = defineAgent({
    name: "spender",
    run: (context, amount: number) => context.reserve("tokens", amount).settle(amount),
  });
  const codes = await runOne(
    async (context) => {
      context.reserve("tokens", 10).settle(4);
      await context.dispatch(spender, 50);
      return context.dispatch(spender, 50).catch((error: { code: string; limit: number }) => error);
    },
    { agents: [spender], guard: { limits: { budgets: { tokens: 100 } } } },
  );
  expect(codes).toMatchObject({ code: "GUARD_BUDGET", limit: 100 });
});

test("require() without an identity is denied, and said once", async () => {
  const warnings: string[] = [];
  const logger = { warn: (_context: object, message: string) => void warnings.push(message) };
  const ask = (context: RunContext) =>
    context.require("apply").catch((error: { code: string }) => error.code);
  const code = await runOne(async (context) => [await ask(context), await ask(context)], { logger });
  expect(code).toEqual(["IDENTITY_UNCONFIGURED", "IDENTITY_UNCONFIGURED"]);
  expect(warnings).toEqual(["Whatever an agent requires is denied"]);
});

const ada = { platform: "slack", id: "ada" };
const bob = { platform: "slack", id: "bob" };

test("with an identity, submit asks for run:<agent>, and require for the action", async () => {
  const policy = {
    name: "table",
    decide: ({ subject, action }: { subject: { id: string }; action: string }) =>
      subject.id === "ada" || action === "run:main",
  };
  const main = defineAgent({
    name: "main",
    run: (context) => context.require("apply").then(() => "applied"),
  });
  await using harness = createHarness({ agents: [main, echo], identity: createIdentity({ policy }) });
  const submit = async (agent: string, caller: object | string) =>
    (await harness.submit(agent, "x", { caller: caller as never })).result;
  expect(await submit("main", ada)).toBe("applied");
  await expect(submit("main", bob)).rejects.toMatchObject({ code: "IDENTITY_FORBIDDEN" });
  await expect(submit("echo", bob)).rejects.toMatchObject({ code: "IDENTITY_FORBIDDEN" });
  await expect(submit("echo", "ada")).rejects.toMatchObject({ code: "IDENTITY_FORBIDDEN" });
});

test("require() asks also for the agents on the way that have a subject of their own", async () => {
  const bot = { platform: "agents", id: "patcher" };
  const patcher = defineAgent({ name: "patcher", subject: bot, run: (context) => context.require("apply") });
  const main = defineAgent({
    name: "main",
    run: (context) => context.dispatch(patcher, 0).then(() => "applied"),
  });
  const resultFor = async (allowed: string[]): Promise<unknown> => {
    const identity = createIdentity({ policy: allowIds(allowed) });
    await using harness = createHarness({ agents: [main, patcher], identity });
    const run = await harness.submit(main, 0, { caller: ada });
    return await run.result;
  };
  expect(await resultFor(["slack/ada", "agents/patcher"])).toBe("applied");
  await expect(resultFor(["slack/ada"])).rejects.toMatchObject({ code: "IDENTITY_FORBIDDEN" });
});

test("member() gives the caller's member, and a resolver that fails rejects that call only", async () => {
  const members = memoryMembers([{ subject: ada, roles: ["admin"] }]);
  let fails = false;
  const resolver = {
    resolve: (...given: Parameters<typeof members.resolve>) =>
      fails ? Promise.reject(new Error("directory is down")) : members.resolve(...given),
  };
  const policy = { name: "all", decide: () => true };
  const main = defineAgent({ name: "main", run: async (context) => (await context.member())?.roles });
  const identity = createIdentity({ policy, resolver, allowTtlMs: 0, denyTtlMs: 0 });
  await using harness = createHarness({ agents: [main], identity, logger: silent });
  const ask = async () => (await harness.submit(main, 0, { caller: ada })).result;
  expect(await ask()).toEqual(["admin"]);
  fails = true;
  await expect(ask()).rejects.toThrow("directory is down");
  fails = false;
  expect(await ask()).toEqual(["admin"]);
});

test("progress of a run and of its children is one tree, told as events", async () => {
  const told: HarnessEvent[] = [];
  const child = defineAgent({ name: "child", run: ({ progress }) => progress.note("found one") });
  await runOne(
    async (context) => {
      context.progress.phase("reading");
      await context.dispatch(child, 0);
    },
    { agents: [child], onEvent: (event) => void told.push(event) },
  );
  const all = told.flatMap((event) => (event.type === "progress" ? [event.progress] : []));
  const progress = all.filter(({ type }) => type !== "progress");
  expect(progress.map(({ type, name }) => `${name} ${type}`)).toEqual([
    "main start",
    "main phase",
    "child start",
    "child note",
    "child end",
    "main end",
  ]);
  expect(progress.at(-1)?.status).toBe("done");
});

test("log writes to the host's logger, with the run and its agent", async () => {
  const lines: unknown[] = [];
  const logger = {
    warn: (context: object, message: string) => void lines.push([message, context]),
    info: (context: object, message: string) => void lines.push([message, context]),
  };
  const id = await runOne(
    ({ log, runId }) => {
      log.info("begun", { files: 2 });
      log.error("odd");
      return runId;
    },
    { logger },
  );
  const about = { runId: id, agent: "main" };
  expect(lines).toEqual([
    ["begun", { ...about, files: 2 }],
    ["odd", about],
  ]);
});

test("config is the host's, and a setting that is not there fails that run only", async () => {
  const config = {
    get: (key: string): unknown => {
      if (key === "model") return "small";
      throw new TypeError(`no ${key}`);
    },
  };
  expect(await runOne((context) => context.config?.get("model"), { config })).toBe("small");
  await expect(runOne((context) => context.config?.get("other"), { config })).rejects.toThrow("no other");
});

test("fanout() runs each cell as a job of the run's lane and caller, while the run's slot is free", async () => {
  const told: HarnessEvent[] = [];
  let running = 0;
  let most = 0;
  const rows = await runOne(
    async (context) => {
      const grid = await context.fanout(["a", "b"], [1, 2], async (task, target, { signal }) => {
        running += 1;
        most = Math.max(most, running);
        await settled();
        running -= 1;
        return `${task}${target}${signal.aborted ? "!" : ""}`;
      });
      return grid.rows.map((row) =>
        row.map((cell) => (cell.status === "fulfilled" ? cell.value : cell.status)),
      );
    },
    { lanes: { default: { maxConcurrent: 2 } }, onEvent: (event) => void told.push(event) },
  );
  expect(rows).toEqual([
    ["a1", "a2"],
    ["b1", "b2"],
  ]);
  expect(most).toBe(2);
  const jobs = told.flatMap((event) => (event.type === "job-queued" ? [event] : []));
  expect(jobs.map(({ jobId }) => jobId.replace(/^[^#]*/, ""))).toEqual([
    "",
    "#1/0,0",
    "#1/0,1",
    "#1/1,0",
    "#1/1,1",
  ]);
  expect(jobs.every(({ callerId }) => callerId === "ada")).toBe(true);
  const cells = told.flatMap((event) => (event.type === "cell-ended" ? [event.status] : []));
  expect(cells).toEqual(["fulfilled", "fulfilled", "fulfilled", "fulfilled"]);
});

test("a cell may dispatch: its slot is free while it waits", async () => {
  const lanes = { default: { maxConcurrent: 1 } };
  const values = await runOne(
    async (context) => {
      const grid = await context.fanout(["a", "b", "c"], [1], (task) => context.dispatch(echo, task));
      return grid.fulfilled.map(({ value }) => value);
    },
    { agents: [echo], lanes },
  );
  expect(values).toEqual(["a", "b", "c"]);
});

test("a cell that fails is a value, and one that is tried again is another job", async () => {
  const grid = await runOne(async (context) => {
    const { rows } = await context.fanout(
      ["a"],
      [1, 2],
      (_task, target, { attempt }) => {
        if (target === 2) throw new Error("no");
        if (attempt === 1) throw new Error("not yet");
        return attempt;
      },
      { retry: { maxAttempts: 2, baseDelayMs: 1 } },
    );
    return rows[0]?.map((cell) => (cell.status === "fulfilled" ? cell.value : cell.status));
  });
  expect(grid).toEqual([2, "rejected"]);
});

test("cancelling a run stops its cells: queued ones never run", async () => {
  const started: number[] = [];
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      await context.fanout([1, 2, 3], [0], (task, _target, { signal }) => {
        started.push(task);
        return aborted(signal);
      });
      context.signal.throwIfAborted();
    },
  });
  await using harness = createHarness({ agents: [main], lanes: { default: { maxConcurrent: 1 } } });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  await run.cancel();
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await settled();
  await settled();
  expect(started).toEqual([1]);
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ queued: 0, running: 0 });
});

test("100 runs with children and files leave nothing behind", async () => {
  const child = defineAgent({ name: "child", run: (context) => context.attach({ data: "x" }).then(() => 1) });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(child, 0) });
  const guardEvents: string[] = [];
  await using harness = createHarness({
    agents: [main, child],
    guard: { onEvent: ({ type }) => void guardEvents.push(type) },
  });
  const runs = await Promise.all(
    Array.from({ length: 100 }, () => harness.submit(main, 0, { caller: "ada" })),
  );
  await Promise.all(runs.map((run) => run.result));
  await settled();
  expect(await Promise.all(runs.map(({ id }) => harness.run(id)))).toEqual(runs.map(() => undefined));
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ queued: 0, running: 0 });
  expect(guardEvents.filter((type) => type === "dispatch-start")).toHaveLength(200);
  expect(guardEvents.filter((type) => type === "dispatch-end")).toHaveLength(200);
});

test("a child whose caller gave up counts as running until its code has settled", async () => {
  const wait = gate();
  const stubborn = defineAgent({ name: "stubborn", run: () => wait.opened });
  const controller = new AbortController();
  const codes = await runOne(
    async (context) => {
      const code = (error: unknown): unknown => (error as { code?: string }).code ?? error;
      const first = context.dispatch(stubborn, 0, { signal: controller.signal }).catch(code);
      await settled();
      await settled();
      controller.abort("gave up");
      await settled();
      await settled();
      const second = context.dispatch(stubborn, 1).catch(code);
      wait.open();
      return [await first, await second];
    },
    { agents: [stubborn], guard: { limits: { maxConcurrent: 1 } } },
  );
  expect(codes).toEqual(["gave up", "GUARD_CONCURRENCY"]);
});

test("a cancel that comes while the result is checked counts, once", async () => {
  const wait = gate();
  const told: HarnessEvent[] = [];
  const output = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => wait.opened.then(() => ({ value })),
    },
  };
  const main = defineAgent({ name: "main", output, run: () => "done" as unknown });
  const onEvent = (event: HarnessEvent): void => void told.push(event);
  const harness = createHarness({ agents: [main], onEvent });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  await run.cancel();
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  wait.open();
  await harness.close();
  const ends = told.flatMap((event) => (event.type === "run-ended" ? [event.state] : []));
  expect(ends).toEqual(["cancelled"]);
});

test("code that attaches after its run was cancelled is refused, and leaves no bag behind", async () => {
  const wait = gate();
  const codes: unknown[] = [];
  const attachments = createAttachmentHub();
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      await wait.opened;
      await context.attach({ data: "x" }).catch((error: { code?: unknown }) => codes.push(error.code));
    },
  });
  const harness = createHarness({ agents: [main], attachments });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  await run.cancel();
  await run.result.catch(() => {});
  wait.open();
  await harness.close();
  expect(codes).toHaveLength(1);
  expect(attachments.get(run.id)).toBeUndefined();
});
