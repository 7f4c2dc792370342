import { createLane } from "@executus/lane";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessEvent } from "../src/index.ts";

const greeter = defineAgent({ name: "greeter", run: (_context, name: string) => `Hello, ${name}` });

/** Lets everything that can happen now happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

test("submit() gives a run whose result is what the agent gave", async () => {
  await using harness = createHarness({ agents: [greeter] });
  const run = await harness.submit(greeter, "Ada", { caller: "ada" });
  expect(await run.result).toBe("Hello, Ada");
});

test("submit() takes an agent by its name", async () => {
  await using harness = createHarness({ agents: [greeter] });
  expect(await (await harness.submit("greeter", "Ada", { caller: "ada" })).result).toBe("Hello, Ada");
});

test("submit() rejects with HARNESS_UNKNOWN_AGENT for an agent that is not there", async () => {
  await using harness = createHarness({ agents: [] });
  await expect(harness.submit("nobody", 1, { caller: "ada" })).rejects.toMatchObject({
    code: "HARNESS_UNKNOWN_AGENT",
    message: 'Cannot submit "nobody": there is no such agent',
  });
});

test("submit() rejects with HARNESS_INPUT for an input that does not fit the agent's schema", async () => {
  const input = numberSchema();
  const agent = defineAgent({ name: "half", input, run: (_context, value: number) => value / 2 });
  await using harness = createHarness({ agents: [agent] });
  await expect(harness.submit("half", "four", { caller: "ada" })).rejects.toMatchObject({
    code: "HARNESS_INPUT",
    message: 'The input of agent "half" does not fit: not a number',
  });
  expect(await (await harness.submit("half", 4, { caller: "ada" })).result).toBe(2);
});

test("a result that does not fit the agent's schema fails the run with HARNESS_OUTPUT", async () => {
  const agent = defineAgent({ name: "wrong", output: numberSchema(), run: (): number => "no" as never });
  await using harness = createHarness({ agents: [agent] });
  const run = await harness.submit(agent, undefined, { caller: "ada" });
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_OUTPUT" });
});

test("a result that is not JSON fails the run with HARNESS_OUTPUT", async () => {
  const agent = defineAgent({ name: "big", run: () => 1n });
  await using harness = createHarness({ agents: [agent] });
  const run = await harness.submit(agent, undefined, { caller: "ada" });
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_OUTPUT" });
});

test("submit() of a call without a caller, or with a bad option, is a TypeError that names it", async () => {
  await using harness = createHarness({ agents: [greeter] });
  const submit = (options: unknown): Promise<unknown> => harness.submit("greeter", "Ada", options as never);
  await expect(submit({})).rejects.toThrow(TypeError);
  await expect(submit(null)).rejects.toThrow(
    "Cannot submit \"greeter\": 'options' must be an object with a caller",
  );
  for (const [option, value, problem] of [
    ["caller", "", 'must be a string that is not empty: received ""'],
    ["caller", 5, "must be a string or a subject: received 5"],
    ["caller", { platform: "slack" }, "must be a string or a subject: received an object"],
    ["priority", "5", 'must be a finite number: received "5"'],
    ["key", "", 'must be a string that is not empty: received ""'],
    ["destinations", [{ to: "x" }], "must have a channel and a to"],
    ["destinations", null, "must have a channel and a to: received null"],
    ["signal", {}, "must be an AbortSignal: received an object"],
  ] as const) {
    const submitted = submit({ caller: "ada", [option]: value });
    await expect(submitted).rejects.toThrow(TypeError);
    await expect(submitted).rejects.toThrow(`Cannot submit "greeter": '${option}' ${problem}`);
  }
  await expect(submit({ caller: "ada", priority: Number.NaN })).rejects.toThrow(RangeError);
});

test("submit() of what is no agent and no name is a TypeError", async () => {
  await using harness = createHarness({ agents: [greeter] });
  for (const agent of [undefined, null, 5, {}]) {
    const submitted = harness.submit(agent as never, "Ada", { caller: "ada" });
    await expect(submitted).rejects.toThrow("Cannot submit: 'agent' must be an agent or the name of one");
  }
});

test("run.result passes what the agent threw through unwrapped", async () => {
  const failure = new Error("no model");
  const agent = defineAgent({ name: "broken", run: () => Promise.reject(failure) });
  await using harness = createHarness({ agents: [agent], logger: silent });
  const run = await harness.submit(agent, undefined, { caller: "ada" });
  await expect(run.result).rejects.toBe(failure);
});

test("run.result that nobody reads is no unhandled rejection", async () => {
  const agent = defineAgent({ name: "broken", run: () => Promise.reject(new Error("no model")) });
  await using harness = createHarness({ agents: [agent], logger: silent });
  const unhandled: unknown[] = [];
  const hear = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", hear);
  await harness.submit(agent, undefined, { caller: "ada" });
  await settled();
  await settled();
  process.off("unhandledRejection", hear);
  expect(unhandled).toEqual([]);
});

test("runs of an agent never run more code than its lane has slots", async () => {
  let running = 0;
  let most = 0;
  const agent = defineAgent({
    name: "busy",
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      await settled();
      running -= 1;
    },
  });
  await using harness = createHarness({ agents: [agent], lanes: { default: { maxConcurrent: 2 } } });
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => harness.submit(agent, undefined, { caller: "ada" })),
  );
  await Promise.all(runs.map((run) => run.result));
  expect(most).toBe(2);
});

test("run.placement() says how many start before it", async () => {
  const wait = gate();
  const agent = defineAgent({ name: "slow", run: () => wait.opened });
  await using harness = createHarness({ agents: [agent], lanes: { default: { maxConcurrent: 1 } } });
  const runs = await Promise.all([1, 2, 3].map(() => harness.submit(agent, 0, { caller: "ada" })));
  expect(await runs[0]?.placement()).toMatchObject({ state: "running" });
  expect(await runs[2]?.placement()).toMatchObject({ state: "queued", position: 1 });
  wait.open();
  await runs[2]?.result;
  expect(await runs[2]?.placement()).toEqual({ state: "finished", exact: true });
});

test("run.cancel() takes a queued run out: its code never runs", async () => {
  const wait = gate();
  const started: number[] = [];
  const agent = defineAgent({
    name: "slow",
    run: (_context, number: number) => {
      started.push(number);
      return wait.opened;
    },
  });
  await using harness = createHarness({ agents: [agent], lanes: { default: { maxConcurrent: 1 } } });
  await harness.submit(agent, 1, { caller: "ada" });
  const second = await harness.submit(agent, 2, { caller: "ada" });
  const reason = new Error("not needed any more");
  await second.cancel(reason);
  await expect(second.result).rejects.toBe(reason);
  wait.open();
  await settled();
  expect(started).toEqual([1]);
});

test("run.cancel() without a reason rejects the result with HARNESS_CANCELLED", async () => {
  const agent = defineAgent({ name: "slow", run: ({ signal }) => aborted(signal) });
  await using harness = createHarness({ agents: [agent], lanes: { default: { maxConcurrent: 1 } } });
  const [first, second] = [
    await harness.submit(agent, 1, { caller: "ada" }),
    await harness.submit(agent, 2, { caller: "ada" }),
  ];
  await second.cancel();
  await first.cancel();
  await expect(second.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await expect(first.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
});

test("run.cancel() of a running run rejects its result at once, and its slot is free when its code has settled", async () => {
  const wait = gate();
  const stubborn = defineAgent({ name: "stubborn", run: () => wait.opened });
  await using harness = createHarness({
    agents: [stubborn, greeter],
    lanes: { default: { maxConcurrent: 1 } },
  });
  const run = await harness.submit(stubborn, undefined, { caller: "ada" });
  await settled();
  const reason = new Error("enough");
  await run.cancel(reason);
  await expect(run.result).rejects.toBe(reason);
  const next = await harness.submit(greeter, "Bob", { caller: "bob" });
  await settled();
  expect(await next.placement()).toMatchObject({ state: "queued" });
  wait.open();
  expect(await next.result).toBe("Hello, Bob");
});

test("submit() with a signal: an abort stops the run with its reason", async () => {
  const agent = defineAgent({ name: "slow", run: ({ signal }) => aborted(signal) });
  await using harness = createHarness({ agents: [agent] });
  const controller = new AbortController();
  const run = await harness.submit(agent, 1, { caller: "ada", signal: controller.signal });
  const reason = new Error("the user left");
  controller.abort(reason);
  await expect(run.result).rejects.toBe(reason);
  await expect(harness.submit(agent, 1, { caller: "ada", signal: controller.signal })).rejects.toBe(reason);
});

test("submit() of the same agent, caller and key is the same run while that is open", async () => {
  const wait = gate();
  const agent = defineAgent({ name: "slow", run: () => wait.opened });
  await using harness = createHarness({ agents: [agent] });
  const submit = (caller: string, key: string) => harness.submit(agent, 1, { caller, key });
  const [one, other] = await Promise.all([submit("ada", "a"), submit("ada", "a")]);
  expect(other.id).toBe(one.id);
  expect((await submit("bob", "a")).id).not.toBe(one.id);
  expect((await submit("ada", "b")).id).not.toBe(one.id);
  wait.open();
  await one.result;
  expect((await submit("ada", "a")).id).not.toBe(one.id);
});

test("run() gives the handle of an open run, and nothing without a store once it has ended", async () => {
  const wait = gate();
  const agent = defineAgent({ name: "slow", run: () => wait.opened.then(() => 7) });
  await using harness = createHarness({ agents: [agent] });
  const { id } = await harness.submit(agent, 1, { caller: "ada" });
  const run = await harness.run(id);
  wait.open();
  expect(await run?.result).toBe(7);
  expect(await harness.run(id)).toBeUndefined();
  expect(await harness.run("never")).toBeUndefined();
});

test("run.events() tells what happened so far and what happens until the end", async () => {
  await using harness = createHarness({ agents: [greeter], clock: () => 5 });
  const run = await harness.submit(greeter, "Ada", { caller: "ada" });
  const events = [];
  for await (const event of run.events()) events.push(event);
  const { id: runId } = run;
  expect(events).toEqual([
    {
      at: 5,
      runId,
      type: "run-accepted",
      agent: "greeter",
      caller: "ada",
      lane: "default",
      rootRunId: runId,
    },
    { at: 5, runId, type: "run-started", agent: "greeter" },
    { at: 5, runId, type: "run-ended", agent: "greeter", state: "finished" },
  ]);
});

test("onEvent is told what lanes and runs do, in one stream", async () => {
  const types: string[] = [];
  const onEvent = (event: HarnessEvent): void => void types.push(event.type);
  await using harness = createHarness({ agents: [greeter], onEvent });
  await (
    await harness.submit(greeter, "Ada", { caller: "ada" })
  ).result;
  await settled();
  expect(types).toEqual([
    "run-accepted",
    "job-queued",
    "job-started",
    "run-started",
    "run-ended",
    "job-ended",
  ]);
});

test("an onEvent that throws or rejects is reported, and the work goes on", async () => {
  const warnings: string[] = [];
  const logger = { warn: (_context: object, message: string) => void warnings.push(message) };
  let count = 0;
  const onEvent = (): unknown => {
    count += 1;
    if (count % 2) throw new Error("no");
    return Promise.reject(new Error("no"));
  };
  await using harness = createHarness({ agents: [greeter], onEvent, logger });
  expect(await (await harness.submit(greeter, "Ada", { caller: "ada" })).result).toBe("Hello, Ada");
  await settled();
  expect(warnings).toHaveLength(count);
});

test("the result of a run read inside a job of a full lane is refused with LANE_DEADLOCK", async () => {
  const outer = defineAgent({
    name: "outer",
    run: async () => (await harness.submit(greeter, "Ada", { caller: "ada" })).result,
  });
  await using harness = createHarness({
    agents: [outer, greeter],
    lanes: { default: { maxConcurrent: 1 } },
  });
  const run = await harness.submit(outer, undefined, { caller: "ada" });
  await expect(run.result).rejects.toMatchObject({ code: "LANE_DEADLOCK" });
});

test("close() refuses what comes, waits for what runs, and rejects what is queued", async () => {
  const wait = gate();
  const agent = defineAgent({ name: "slow", run: () => wait.opened.then(() => "done") });
  const harness = createHarness({ agents: [agent], lanes: { default: { maxConcurrent: 1 } } });
  const running = await harness.submit(agent, 1, { caller: "ada" });
  const queued = await harness.submit(agent, 2, { caller: "ada" });
  const closing = harness.close();
  await expect(harness.submit(agent, 3, { caller: "ada" })).rejects.toMatchObject({ code: "HARNESS_CLOSED" });
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
  wait.open();
  expect(await running.result).toBe("done");
  expect(await closing).toEqual({ abandoned: [], unsettled: [] });
  expect(await harness.close()).toBe(await closing);
});

test("close() aborts what still runs when the grace has passed, and lists what does not obey", async () => {
  const agent = defineAgent({ name: "obedient", run: ({ signal }) => aborted(signal) });
  const harness = createHarness({ agents: [agent] });
  const run = await harness.submit(agent, 1, { caller: "ada" });
  await harness.close({ graceMs: 0 });
  await expect(run.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
});

test("close() in the code of a run does not wait for that run", async () => {
  const agent = defineAgent({
    name: "closer",
    run: async () => {
      await harness.close();
      return "closed";
    },
  });
  const harness = createHarness({ agents: [agent] });
  const run = await harness.submit(agent, 1, { caller: "ada" });
  expect(await run.result).toBe("closed");
});

test("close() rejects bad arguments", async () => {
  await using harness = createHarness({ agents: [] });
  await expect(harness.close({ graceMs: Number.NaN })).rejects.toThrow("'graceMs'");
  await expect(harness.close(null as never)).rejects.toThrow(
    "Cannot close harness: 'options' must be an object: received null",
  );
});

test("createHarness() takes a lane that is there already, by the name of its own", async () => {
  const lane = createLane({ name: "mine", maxConcurrent: 1 });
  const agent = defineAgent({ name: "a", lane: "mine", run: () => 1 });
  await using harness = createHarness({ agents: [agent], lanes: { mine: lane } });
  expect(harness.lanes["mine"]).toBe(lane);
  expect(await (await harness.submit(agent, 0, { caller: "ada" })).result).toBe(1);
  expect(() => createHarness({ agents: [], lanes: { other: lane } })).toThrow("'lanes.other'");
});

test("createHarness() refuses agents of one name, agents without a lane, and options of the wrong kind", () => {
  const create = (options: object) => () => createHarness({ agents: [], ...options } as never);
  expect(create({ agents: [greeter, greeter] })).toThrow('two of the name "greeter"');
  expect(create({ agents: [greeter], lanes: { other: { maxConcurrent: 1 } } })).toThrow(
    'agent "greeter" runs in lane "default": there is "other"',
  );
  expect(create({ agents: [{}] })).toThrow("made by defineAgent");
  expect(create({ agents: {} })).toThrow("'agents'");
  expect(create({ store: {} })).toThrow("'store'");
  expect(create({ deliver: {} })).toThrow("'deliver'");
  expect(create({ identity: {} })).toThrow("'identity'");
  expect(create({ onEvent: 1 })).toThrow("'onEvent'");
  expect(create({ pollMs: 0 })).toThrow(RangeError);
  expect(create({ pollMs: "5" })).toThrow(
    "'pollMs' must be a number above 0 and at most 2147483647: received \"5\"",
  );
  for (const option of ["lanes", "persist", "outbox", "guard", "attachments"]) {
    expect(create({ [option]: 5 })).toThrow(`'${option}' must be an object: received 5`);
  }
  for (const option of ["retentionMs", "pollMs", "clock", "logger", "tracer", "store"]) {
    expect(create({ [option]: null })).toThrow(`Cannot create harness: '${option}' must`);
  }
  expect(create({ deliver: 5 })).toThrow("'deliver' must have a method deliver: received 5");
  expect(create({ outbox: { store: null } })).toThrow("'outbox.store' must be an object: received null");
  const own = { lanes: { default: () => createLane({ name: "default", maxConcurrent: 1 }) } };
  for (const [option, value] of [
    ["leaseMs", "5"],
    ["leaseMs", null],
    ["leaseMs", 0],
    ["reconstructTimeoutMs", null],
    ["maxInterruptions", "3"],
    ["maxInterruptions", -1],
  ] as const) {
    expect(create({ ...own, persist: { [option]: value } })).toThrow(`'persist.${option}' must be a`);
  }
  expect(create({ lanes: { default: 5 } })).toThrow("'lanes.default' must be an object: received 5");
  expect(() => createHarness(undefined as never)).toThrow("'options'");
});

test("defineAgent() takes an object of a class, whose methods go on as its own", async () => {
  class Greeter {
    readonly name = "greeter";
    readonly #greeting = "Hello";
    run(_context: unknown, who: string): string {
      return `${this.#greeting}, ${who}`;
    }
  }
  const greeter = defineAgent(new Greeter());
  await using harness = createHarness({ agents: [greeter] });
  expect(await (await harness.submit(greeter, "Ada", { caller: "ada" })).result).toBe("Hello, Ada");
});

test("defineAgent() refuses a bad option with a TypeError that names it", () => {
  const define = (options: object) => () => defineAgent({ name: "a", run: () => 1, ...options } as never);
  expect(define({ name: "" })).toThrow("'name'");
  expect(define({ name: () => "its source" })).toThrow(/'name' must be .*: received a function$/);
  expect(define({ lane: "" })).toThrow("'lane'");
  expect(define({ run: 1 })).toThrow("'run'");
  expect(define({ reply: 1 })).toThrow("'reply'");
  expect(define({ input: {} })).toThrow("'input'");
  expect(define({ onInterrupted: "again" })).toThrow("'onInterrupted'");
  expect(define({ subject: 5 })).toThrow("'subject' must be a subject: received 5");
  // No store could keep them.
  expect(define({ name: "a\0" })).toThrow("'name'");
  expect(define({ lane: "\uD800" })).toThrow("'lane'");
  for (const options of [undefined, null, 5]) {
    expect(() => defineAgent(options as never)).toThrow(
      `Cannot define agent: 'options' must be an object: received ${options}`,
    );
  }
});

const silent = { warn: (): void => {} };

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function numberSchema() {
  return {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) =>
        typeof value === "number" ? { value } : { issues: [{ message: "not a number" }] },
    },
  };
}
