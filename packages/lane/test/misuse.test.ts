import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import {
  createLane,
  createLanes,
  type JobContext,
  type Lane,
  type LaneOptions,
  type RunOptions,
} from "../src/index.ts";
import { gate, tick } from "./gate.ts";

const unlimited = Number.POSITIVE_INFINITY;
const notCounts: readonly unknown[] = [-1, Number.NaN, 1.5, "2", null];

const badOptions: readonly [
  option: string,
  values: readonly unknown[],
  make: (value: never) => Partial<LaneOptions>,
][] = [
  ["name", ["", 5, undefined, null], (name) => ({ name })],
  ["maxConcurrent", [...notCounts, undefined], (maxConcurrent) => ({ maxConcurrent })],
  ["maxConcurrent", notCounts, (value) => ({ maxConcurrent: () => value })],
  ["maxConcurrentPerCaller", [0, ...notCounts], (maxConcurrentPerCaller) => ({ maxConcurrentPerCaller })],
  ["maxQueued", notCounts, (maxQueued) => ({ maxQueued })],
  ["maxQueuedPerCaller", notCounts, (maxQueuedPerCaller) => ({ maxQueuedPerCaller })],
  ["aging.turnsPerLevel", [0, -1, Number.NaN, 1.5, "2"], (turnsPerLevel) => ({ aging: { turnsPerLevel } })],
  ["stuckMs", [-1, Number.NaN], (stuckMs) => ({ stuckMs })],
  ["rate[0].limit", [0, ...notCounts], (limit) => ({ rate: [{ limit, windowMs: 1, by: "job" }] })],
  [
    "rate[0].windowMs",
    [0, -1, Number.NaN, unlimited, "1000"],
    (windowMs) => ({ rate: [{ limit: 1, windowMs, by: "job" }] }),
  ],
  ["rate[0].by", ["jobs", 5, undefined], (by) => ({ rate: [{ limit: 1, windowMs: 1, by }] })],
];

const createCases = badOptions.flatMap(([option, values, make]) =>
  values.map((value) => [option, show(value), make(value as never)] as const),
);

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

test.each(createCases)("createLane() names '%s' and the value %s", (option, value, options) => {
  const create = (): Lane => createLane({ name: "llm", maxConcurrent: 1, ...options });
  expect(create).toThrow(`'${option}' must be `);
  expect(create).toThrow(`: received ${value}`);
});

test.each(["callerWeight", "onEvent", "clock"])(
  "createLane() refuses a '%s' that is not a function",
  (option) => {
    const create = (): Lane => createLane({ name: "llm", maxConcurrent: 1, [option]: 5 });
    expect(create).toThrow(
      new TypeError(`Cannot create lane "llm": '${option}' must be a function: received 5`),
    );
  },
);

test.each<[string, unknown, string]>([
  ["undefined", undefined, "'options' must be an object: received undefined"],
  ["null", null, "'options' must be an object: received null"],
  ["a number", 5, "'options' must be an object: received 5"],
  [
    "a promise",
    Promise.resolve({ name: "llm", maxConcurrent: 1 }),
    "'options' must be an object: received a promise",
  ],
  [
    "misspelt",
    { name: "llm", maxConcurent: 1 },
    "'options' has no 'maxConcurent', only name, maxConcurrent, ",
  ],
])("createLane() refuses options that are %s", (_, options, text) => {
  const create = (): Lane => createLane(options as never);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(`Cannot create lane: ${text}`);
});

test("createLane() takes an option that is undefined for one that is not there, whatever its name", () => {
  const options = { name: "llm", maxConcurrent: 1, rate: undefined, maxConcurent: undefined };
  expect(createLane(options).name).toBe("llm");
});

test.each<[string, unknown, string]>([
  ["aging", true, "'aging' must be an object: received true"],
  ["aging", null, "'aging' must be an object: received null"],
  ["aging", { turns: 5 }, "'aging' has no 'turns', only turnsPerLevel"],
  ["rate", null, "'rate' must be an array: received null"],
  ["rate", { limit: 1, windowMs: 1, by: "job" }, "'rate' must be an array: received an object"],
  ["rate", [null], "'rate[0]' must be an object: received null"],
  ["rate", [{ limit: 1, windowsMs: 1, by: "job" }], "'rate[0]' has no 'windowsMs', only limit, windowMs, by"],
  ["stuckMs", "5", `'stuckMs' must be 0 or more, or Infinity: received "5"`],
  ["stuckMs", null, "'stuckMs' must be 0 or more, or Infinity: received null"],
  ["logger", () => {}, "'logger' must have the function warn: received a function"],
  ["logger", null, "'logger' must have the function warn: received null"],
  [
    "maxConcurrent",
    Object.assign(() => 1, { subscribe: {} }),
    "'maxConcurrent.subscribe' must be a function: received an object",
  ],
])("createLane() refuses the '%s' %o by name", (option, value, text) => {
  const create = (): Lane => createLane({ name: "llm", maxConcurrent: 1, [option]: value });
  expect(create).toThrow(TypeError);
  expect(create).toThrow(`Cannot create lane "llm": ${text}`);
});

test.each<[unknown, string]>([
  [undefined, "Cannot create lanes: 'options' must be an object: received undefined"],
  [[], "Cannot create lanes: 'options' must be an object: received an array"],
  [{ llm: null }, `Cannot create lane "llm": 'maxConcurrent' must be a whole number`],
])("createLanes(%o) names what it cannot make", (options, message) => {
  expect(() => createLanes(options as never)).toThrow(message);
});

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["an object", { jobId: "job" }],
  [`""`, ""],
])("cancel(), abort() and placement() refuse %s for an id", async (received, jobId) => {
  const lane = strictLane();
  const message = `Cannot find job of lane "llm": 'jobId' must be a string that is not empty: received ${received}`;
  for (const method of ["cancel", "abort", "placement"] as const) {
    await expect(lane[method](jobId as never)).rejects.toThrow(new TypeError(message));
  }
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [{ graceMs: "5" }, `'graceMs' must be 0 or more, or Infinity: received "5"`],
  [{ graceMs: null }, "'graceMs' must be 0 or more, or Infinity: received null"],
  [{ gracems: 5 }, "'options' has no 'gracems', only graceMs"],
])("close(%o) is refused, and the lane stays open", async (options, text) => {
  const lane = strictLane();
  await expect(lane.close(options as never)).rejects.toThrow(
    new TypeError(`Cannot close lane "llm": ${text}`),
  );
  await expectUntouched(lane, new AbortController().signal);
});

test("holdUntil() without a reason is refused and holds nothing", async () => {
  const lane = strictLane();
  await expect(lane.holdUntil(Date.now() + 60_000, undefined as never)).rejects.toThrow(
    new TypeError(`Cannot hold lane "llm": 'reason' must be a string: received undefined`),
  );
  await expectUntouched(lane, new AbortController().signal);
});

test("run() and submit() refuse a misspelt option by name, and register nothing", async () => {
  const lane = strictLane();
  const { signal } = new AbortController();
  const what = `Cannot submit to lane "llm": 'options' has no`;
  await expect(lane.run(run, { caller: "ada" } as never)).rejects.toThrow(
    new TypeError(`${what} 'caller', only callerId, priority, weight, timeoutMs, signal`),
  );
  await expect(lane.submit({ id: "job", run }, { abortSignal: signal } as never)).rejects.toThrow(
    new TypeError(`${what} 'abortSignal', only signal, admit`),
  );
  await expectUntouched(lane, signal);
});

test("run() takes an AbortController for its options: it has a signal", async () => {
  await expect(strictLane().run(() => "done", new AbortController())).resolves.toBe("done");
});

test("submit() refuses an 'admit' that is not \"always\"", async () => {
  await expect(strictLane().submit({ id: "job", run }, { admit: true as never })).rejects.toThrow(
    new TypeError(`Cannot submit to lane "llm": 'admit' must be "always": received true`),
  );
});

/** That a lane knows nothing of what it has refused, and takes the same job when it is right. */
async function expectUntouched(lane: Lane, signal: AbortSignal): Promise<void> {
  await tick();
  const counts = { submitted: 0, queued: 0, running: 0, yielded: 0, finished: 0, cancelled: 0, failed: 0 };
  await expect(lane.stats()).resolves.toEqual({ ...counts, maxConcurrent: 1 });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await expect(lane.placement("job")).resolves.toBe(undefined);
  // One slot, one job of a caller, none queued: whatever were left would be in its way.
  const right = { id: "job", callerId: "ada", run: (): string => "done" };
  await expect(lane.submitWait(right, { signal })).resolves.toBe("done");
}

function strictLane(options: Partial<LaneOptions> = {}): Lane {
  return createLane({ name: "llm", maxConcurrent: 1, maxConcurrentPerCaller: 1, maxQueued: 0, ...options });
}

const run = (): string => "never";
const badJobs: readonly [option: string, values: readonly unknown[]][] = [
  ["id", ["", 5, null]],
  ["callerId", ["", 5, null]],
  ["priority", [Number.NaN, unlimited, -unlimited, "1", null]],
  ["weight", [0, -1, Number.NaN, unlimited, "1", null]],
  ["timeoutMs", [0, -1, Number.NaN, null, "soon", "5", true]],
  ["run", [5, "run", null, undefined]],
];
const jobCases = badJobs.flatMap(([option, values]) =>
  values.map((value) => [option, show(value), value] as const),
);

test.each(jobCases)(
  "a job with the '%s' %s is refused by name, and nothing of it is registered",
  async (option, text, value) => {
    const { signal } = new AbortController();
    const job = { id: "job", callerId: "ada", run, [option]: value } as never;
    for (const submit of ["submit", "submitWait"] as const) {
      const lane = strictLane();
      const refusal = await lane[submit](job, { signal }).then(String, (error: unknown) => error);
      expect(refusal).toBeInstanceOf(
        option === "priority" || option === "weight" || option === "timeoutMs" ? RangeError : TypeError,
      );
      expect(String(refusal)).toContain(`to lane "llm": '${option}' must be `);
      expect(String(refusal)).toContain(`: received ${text}`);
      await expectUntouched(lane, signal);
    }
  },
);

test.each(jobCases.filter(([option]) => option !== "id"))(
  "run() refuses the '%s' %s by name, and registers nothing",
  async (option, text, value) => {
    const { signal } = new AbortController();
    const lane = strictLane();
    const options: RunOptions = { callerId: "ada", signal };
    const call =
      option === "run" ? lane.run(value as never, options) : lane.run(run, { ...options, [option]: value });
    const refusal = await call.then(String, (error: unknown) => error);
    expect(String(refusal)).toContain(`Cannot submit a job to lane "llm": '${option}' must be `);
    expect(String(refusal)).toContain(`: received ${text}`);
    await expectUntouched(lane, signal);
  },
);

test.each<[string, unknown]>([
  ["null", null],
  ["undefined", undefined],
  ["5", 5],
])("a job that is %s is refused by a rejection, and nothing is registered", async (received, job) => {
  const { signal } = new AbortController();
  const lane = strictLane();
  const message = `Cannot submit to lane "llm": 'job' must be an object: received ${received}`;
  await expect(lane.submit(job as never, { signal })).rejects.toThrow(new TypeError(message));
  await expect(lane.submitWait(job as never, { signal })).rejects.toThrow(new TypeError(message));
  await expectUntouched(lane, signal);
});

test.each<[string, unknown]>([
  ["null", null],
  ["5", 5],
  ["a promise", Promise.resolve({ callerId: "ada" })],
  ["an array", []],
])("options that are %s are refused by a rejection, and nothing is registered", async (received, options) => {
  const lane = strictLane();
  const refusal = new TypeError(
    `Cannot submit to lane "llm": 'options' must be an object: received ${received}`,
  );
  await expect(lane.run(run, options as never)).rejects.toThrow(refusal);
  await expect(lane.submit({ id: "job", run }, options as never)).rejects.toThrow(refusal);
  await expect(lane.submitWait({ id: "job", run }, options as never)).rejects.toThrow(refusal);
  await expectUntouched(lane, new AbortController().signal);
});

test.each<[string, unknown]>([
  ["an object", {}],
  ["a controller", new AbortController()],
  ["one without listeners", { aborted: false, throwIfAborted: () => {} }],
])("a signal that is %s is refused by a rejection, and nothing is registered", async (_, signal) => {
  const lane = strictLane();
  const options = { signal: signal as never };
  const refusal = new TypeError(
    `Cannot submit to lane "llm": 'signal' must be an AbortSignal: received an object`,
  );
  await expect(lane.run(run, options)).rejects.toThrow(refusal);
  await expect(lane.submit({ id: "job", run }, options)).rejects.toThrow(refusal);
  await expect(lane.submitWait({ id: "job", run }, options)).rejects.toThrow(refusal);
  await expectUntouched(lane, new AbortController().signal);
});

test("a callerWeight that throws or gives no weight refuses the job, and registers nothing", async () => {
  const { signal } = new AbortController();
  const failure = new Error("no such caller");
  let weigh = (): number => {
    throw failure;
  };
  const lane = strictLane({ callerWeight: () => weigh() });
  const job = { id: "job", callerId: "ada", run };
  await expect(lane.submitWait(job, { signal })).rejects.toBe(failure);
  for (const weight of [0, -1, Number.NaN, unlimited]) {
    weigh = () => weight;
    await expect(lane.submitWait(job, { signal })).rejects.toThrow(`received ${weight} for "ada"`);
  }
  weigh = () => 1;
  await expectUntouched(lane, signal);
});

test.each<[string, Partial<LaneOptions>, (lane: Lane) => unknown]>([
  ["LANE_FULL", { maxQueued: 0 }, () => undefined],
  ["LANE_FULL", { maxQueuedPerCaller: 1 }, (lane) => gate(lane, "queued", { callerId: "ada" })],
  ["LANE_DUPLICATE", {}, (lane) => gate(lane, "job")],
  ["LANE_TOO_HEAVY", { rate: [{ limit: 8, windowMs: 1, by: "weight" }] }, () => undefined],
  ["LANE_CLOSED", {}, (lane) => void lane.close({ graceMs: unlimited })],
])("a job refused with %s %o leaves no listener and changes no count", async (code, options, prepare) => {
  const { signal } = new AbortController();
  const lane = createLane({ name: "llm", maxConcurrent: 1, ...options });
  const running = gate(lane, "running");
  prepare(lane);
  const before = await lane.stats();
  const weight = code === "LANE_TOO_HEAVY" ? 9 : 1;
  const job = { id: "job", callerId: "ada", weight, run };
  await expect(lane.submit(job, { signal })).rejects.toMatchObject({ code });
  await expect(lane.submitWait(job, { signal })).rejects.toMatchObject({ code });
  await expect(lane.stats()).resolves.toEqual(before);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  running.finish();
});

test.each(notCounts)("setMaxConcurrent(%o) is refused and changes nothing", async (value) => {
  const lane = strictLane();
  const message = `Cannot change lane "llm": 'maxConcurrent' must be a whole number of at least 0, or Infinity`;
  await expect(lane.setMaxConcurrent(value as never)).rejects.toThrow(`${message}: received ${show(value)}`);
  await expectUntouched(lane, new AbortController().signal);
});

test.each([Number.NaN, unlimited, -unlimited, "soon", null])(
  "holdUntil(%o) is refused and holds nothing",
  async (at) => {
    const lane = strictLane();
    const message = `Cannot hold lane "llm": 'at' must be epoch milliseconds: received ${show(at)}`;
    await expect(lane.holdUntil(at as never, "429")).rejects.toThrow(
      typeof at === "number" ? new RangeError(message) : new TypeError(message),
    );
    await expectUntouched(lane, new AbortController().signal);
  },
);

test.each([-1, Number.NaN])(
  "close() with a graceMs of %o is refused, and the lane stays open",
  async (graceMs) => {
    const lane = strictLane();
    const message = `Cannot close lane "llm": 'graceMs' must be 0 or more, or Infinity: received ${graceMs}`;
    await expect(lane.close({ graceMs })).rejects.toThrow(new RangeError(message));
    await expectUntouched(lane, new AbortController().signal);
  },
);

test("settleWeight() and yieldWhile() refuse what makes no sense, and the job goes on with its slot", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1, rate: [{ limit: 9, windowMs: 1, by: "weight" }] });
  const work = async ({ settleWeight, yieldWhile }: JobContext): Promise<string> => {
    for (const actual of [-1, Number.NaN, unlimited]) {
      const message = `its weight must be a finite number of at least 0: received ${actual}`;
      expect(() => settleWeight(actual)).toThrow(message);
    }
    const refusal = new TypeError("Cannot yield: 'wait' must be a function: received a promise");
    await expect(yieldWhile(Promise.resolve() as never)).rejects.toThrow(refusal);
    await expect(lane.stats()).resolves.toMatchObject({ running: 1, yielded: 0 });
    return "done";
  };
  await expect(lane.run(work)).resolves.toBe("done");
});
