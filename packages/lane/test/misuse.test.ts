import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { createLane, type JobContext, type Lane, type LaneOptions, type RunOptions } from "../src/index.ts";
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
      new TypeError(`Cannot create lane "llm": '${option}' must be a function: received number`),
    );
  },
);

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
  ["timeoutMs", [0, -1, Number.NaN, null, "soon"]],
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
    const received = option === "run" ? typeof value : text;
    for (const submit of ["submit", "submitWait"] as const) {
      const lane = strictLane();
      const refusal = await lane[submit](job, { signal }).then(String, (error: unknown) => error);
      expect(refusal).toBeInstanceOf(
        option === "priority" || option === "weight" || option === "timeoutMs" ? RangeError : TypeError,
      );
      expect(String(refusal)).toContain(`to lane "llm": '${option}' must be `);
      expect(String(refusal)).toContain(`: received ${received}`);
      await expectUntouched(lane, signal);
    }
  },
);

test.each(jobCases.filter(([option]) => option !== "id"))(
  "run() refuses the '%s' %s by name, and registers nothing",
  async (option, text, value) => {
    const { signal } = new AbortController();
    const lane = strictLane();
    const options: RunOptions = { callerId: "ada", signal, [option]: value };
    const call = lane.run((option === "run" ? value : run) as never, options);
    const refusal = await call.then(String, (error: unknown) => error);
    expect(String(refusal)).toContain(`Cannot submit a job to lane "llm": '${option}' must be `);
    expect(String(refusal)).toContain(`: received ${option === "run" ? typeof value : text}`);
    await expectUntouched(lane, signal);
  },
);

test.each<[string, unknown]>([
  ["null", null],
  ["undefined", undefined],
  ["number", 5],
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
  ["number", 5],
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
    `Cannot submit to lane "llm": 'signal' must be an AbortSignal: received object`,
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
    const message = `Cannot hold lane "llm": 'at' must be epoch milliseconds: received ${String(at)}`;
    await expect(lane.holdUntil(at as never, "429")).rejects.toThrow(new RangeError(message));
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
    const refusal = new TypeError("Cannot yield: 'wait' must be a function: received object");
    await expect(yieldWhile(Promise.resolve() as never)).rejects.toThrow(refusal);
    await expect(lane.stats()).resolves.toMatchObject({ running: 1, yielded: 0 });
    return "done";
  };
  await expect(lane.run(work)).resolves.toBe("done");
});
