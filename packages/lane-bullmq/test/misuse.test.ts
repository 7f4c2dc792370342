import { getEventListeners } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { type BullmqLaneOptions, createBullmqLane } from "../src/index.ts";
import { failureOf, newJob, openLane, openRedis, unique, until } from "./open-lane.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();
const nothing = (): (() => void) => () => {};
const bad: readonly [Record<string, unknown>, string][] = [
  [
    { name: "" },
    `Cannot create lane: 'name' must be a string of valid Unicode that is not empty: received ""`,
  ],
  [{ name: "\ud800" }, "'name' must be a string of valid Unicode that is not empty"],
  [{ name: null }, "'name' must be a string of valid Unicode that is not empty: received null"],
  [
    { name: Object.create(null) },
    "'name' must be a string of valid Unicode that is not empty: received an object",
  ],
  [{ reconstruct: Object.create(null) }, "'reconstruct' must be a function: received an object"],
  [{ rate: null }, "'rate' must be a list of windows: received null"],
  [{ rate: 5 }, "'rate' must be a list of windows: received 5"],
  [{ logger: null }, "'logger' must have a method 'warn': received null"],
  [
    { connection: undefined },
    `'connection' must be a URL, options or a client of ioredis: received undefined`,
  ],
  [{ prefix: "" }, `'prefix' must be a string of valid Unicode that is not empty: received ""`],
  [{ reconstruct: undefined }, "'reconstruct' must be a function: received undefined"],
  [{ onEvent: 1 }, "'onEvent' must be a function: received 1"],
  [{ maxConcurrent: "4" }, `'maxConcurrent' must be a whole number of at least 0, or Infinity: received "4"`],
  [
    { maxConcurrent: () => -1 },
    "'maxConcurrent' must be a whole number of at least 0, or Infinity: received -1",
  ],
  [
    { maxConcurrentHere: 1.5 },
    "'maxConcurrentHere' must be a whole number of at least 0, or Infinity: received 1.5",
  ],
  [{ maxQueued: -1 }, "'maxQueued' must be a whole number of at least 0, or Infinity: received -1"],
  [{ lockMs: 299 }, "'lockMs' must be a number of at least 300 and at most 2147483647: received 299"],
  [{ lockMs: "1s" }, `'lockMs' must be a number of at least 300 and at most 2147483647: received "1s"`],
  [{ retentionMs: -1 }, "'retentionMs' must be 0 or more, or Infinity: received -1"],
  [{ sweepEveryMs: 0 }, "'sweepEveryMs' must be a number of at least 1 and at most 2147483647: received 0"],
  [{ stuckMs: Number.NaN }, "'stuckMs' must be a number of at least 0 and at most 2147483647: received NaN"],
];

test("createBullmqLane() throws for a bad option before it opens anything, and names it", () => {
  for (const [fields, message] of bad) {
    const options = { name: "llm", connection: "redis://127.0.0.1:1", reconstruct: nothing, ...fields };
    expect(() => createBullmqLane(options as BullmqLaneOptions)).toThrow(message);
  }
});

test("createBullmqLane() takes an object of a class, whose methods go on as its own", async () => {
  class Handlers {
    readonly name = unique("lane");
    readonly connection = url();
    readonly #answer = 5;
    reconstruct() {
      return () => this.#answer;
    }
  }
  const lane = createBullmqLane(new Handlers());
  onTestFinished(async () => void (await lane.close({ graceMs: 0 })));
  expect(await lane.submitWait(newJob("any"))).toBe(5);
});

test("createBullmqLane() says that it needs options", () => {
  for (const options of [undefined, null, "redis://127.0.0.1:1"])
    expect(() => createBullmqLane(options as unknown as BullmqLaneOptions)).toThrow(
      /^Cannot create lane: 'options' must be an object: received /,
    );
});

test("submit() refuses a timeout that is no number", async () => {
  const { lane } = openLane(url());
  const job = { ...newJob("echo"), timeoutMs: "5" as unknown as number };
  expect(await failureOf(lane.submit(job))).toMatchObject({
    name: "RangeError",
    message: expect.stringContaining(`'timeoutMs' must be a number above 0: received "5"`),
  });
});

test("submit() refuses what cannot be shown as it is", async () => {
  const { lane } = openLane(url());
  const name: string = Object.create(null);
  expect(await failureOf(lane.submit({ ...newJob("echo"), name }))).toMatchObject({
    message: expect.stringContaining(
      "'name' must be a string of valid Unicode that is not empty: received an object",
    ),
  });
});

test("what can be no id is that of no job, and not of one that it could become on its way", async () => {
  const { lane, add } = openLane(url(), { maxConcurrent: 0 });
  for (const id of ["\ufffd", "undefined", "5"]) await add("echo", { id });
  for (const id of ["\ud800", undefined, 5] as string[]) {
    expect(await lane.placement(id)).toBeUndefined();
    expect(await failureOf(lane.cancel(id))).toMatchObject({ code: "LANE_UNKNOWN_JOB" });
    expect(await failureOf(lane.abort(id))).toMatchObject({ code: "LANE_UNKNOWN_JOB" });
  }
  expect((await lane.stats()).queued).toBe(3);
});

test("createBullmqLane() refuses what only other lanes can do with LANE_UNSUPPORTED", () => {
  const asked = {
    aging: { turnsPerLevel: 4 },
    callerWeight: () => 2,
    maxConcurrentPerCaller: 1,
    rate: [{ limit: 1, windowMs: 1, by: "job" as const }],
  };
  for (const [option, value] of Object.entries(asked)) {
    const options = { name: "llm", connection: "redis://127.0.0.1:1", reconstruct: nothing, [option]: value };
    expect(() => createBullmqLane(options)).toThrow(expect.objectContaining({ code: "LANE_UNSUPPORTED" }));
  }
});

test("submit() refuses an id that is no valid Unicode, which could become another's on its way", async () => {
  const { lane } = openLane(url());
  for (const fields of [{ id: "\ud800" }, { callerId: "\udfff" }, { name: "\ud800" }])
    expect(await failureOf(lane.submit({ ...newJob("echo"), ...fields }))).toBeInstanceOf(TypeError);
  expect((await lane.stats()).submitted).toBe(0);
});

test("ids, names and callers of any valid text are told apart, those that BullMQ would not take included", async () => {
  const { lane } = openLane(url(), { name: `${unique("lane")}:a%3A${"{b}"}` });
  const ids = [
    "7",
    "0",
    "a:b",
    "a%3Ab",
    "a%253Ab",
    "0:1",
    "run#1/2,3",
    "é\u0000\n",
    "🦊",
    "__proto__",
    "j",
    "lane",
    "meta",
  ];
  for (const id of ids) {
    const job = { ...newJob("echo", id), id, callerId: id };
    expect(await lane.submitWait(job)).toBe(id);
    expect(await lane.placement(id)).toMatchObject({ state: "finished" });
    await expect(lane.submit(job)).rejects.toMatchObject({ code: "LANE_DUPLICATE", state: "finished" });
  }
  expect((await lane.stats()).finished).toBe(ids.length);
});

test("a priority that is none of the eight counts as the nearest, and priority-clamped says so", async () => {
  const { add, events } = openLane(url(), { maxConcurrent: 0 });
  for (const priority of [0, 7, 8, -1, 2.4]) await add("echo", { priority });
  const clamped = events.flatMap((event) =>
    event.type === "priority-clamped" ? [[event.priority, event.level]] : [],
  );
  expect(clamped).toEqual([
    [8, 7],
    [-1, 0],
    [2.4, 2],
  ]);
});

test("a job that cannot be built fails alone, with the reason: throw, no function, no answer in time", async () => {
  const kinds: Record<string, unknown> = {
    none: undefined,
    slow: new Promise(() => {}),
    good: () => "built",
  };
  const { lane } = openLane(url(), {
    reconstructTimeoutMs: 50,
    reconstruct: (({ name }: { name: string }) => {
      if (name === "throws") throw new RangeError("no such thing");
      return kinds[name];
    }) as BullmqLaneOptions["reconstruct"],
  });
  for (const name of ["throws", "none", "slow"]) {
    const error = await failureOf(lane.submitWait(newJob(name)));
    expect(error).toMatchObject({ name: "BullmqLaneError", code: "LANE_NOT_REBUILT" });
    if (name === "throws")
      expect((error as Error).cause).toMatchObject({ name: "RangeError", message: "no such thing" });
  }
  expect(await lane.submitWait(newJob("good"))).toBe("built");
});

test("cancel() leaves a running job alone whose lock has lapsed, which BullMQ would remove", async () => {
  const name = unique("lane");
  const { lane, start, finish } = openLane(url(), { name, lockMs: 60_000 });
  const { jobId, result } = await start("gate");
  await openRedis(url()).del(`executus:${name}:j${jobId}:lock`);
  await expect(lane.cancel(jobId)).rejects.toMatchObject({ code: "LANE_NOT_QUEUED", state: "running" });
  expect((await lane.stats()).running).toBe(1);
  finish(jobId);
  await failureOf(result);
});

test("cancel() of an id that nobody knows is refused, which BullMQ would call removed", async () => {
  const { lane } = openLane(url());
  await expect(lane.cancel("nobody")).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
});

test("maxQueued 0 takes only what can start at once", async () => {
  const { add, start } = openLane(url(), { maxQueued: 0, maxConcurrent: 2 });
  await start("gate");
  await start("gate");
  await expect(add("gate")).rejects.toMatchObject({
    code: "LANE_FULL",
    limit: 0,
    observed: 0,
    retryable: true,
  });
});

test("a listener that throws and a promise that is ignored end nothing", async () => {
  const { lane, add } = openLane(url(), {
    onEvent: () => Promise.reject(new Error("listener")),
    logger: { warn: () => {} },
  });
  await add("fail");
  await until(async () => (await lane.stats()).failed === 1);
  expect(await lane.submitWait(newJob("echo", "goes on"))).toBe("goes on");
});

test("submitWait() leaves no listener on a signal that many jobs share", async () => {
  const { lane } = openLane(url(), { maxConcurrent: 4 });
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, (_, at) => lane.submitWait(newJob("echo", at), { signal })));
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("nobody is told a result that Redis has refused, also if nobody has failed the job yet", async () => {
  const name = unique("lane");
  const { lane, start, finish, events } = openLane(url(), { name, lockMs: 60_000 });
  const { jobId, result } = await start("gate");
  await openRedis(url()).set(`executus:${name}:j${jobId}:lock`, "another worker's");
  finish(jobId, "refused");
  expect(await failureOf(result)).toMatchObject({ code: "LANE_FENCED" });
  expect(events).toContainEqual(expect.objectContaining({ type: "job-ended", jobId, end: "failed" }));
  expect(await lane.placement(jobId)).toMatchObject({ state: "running" });
});
