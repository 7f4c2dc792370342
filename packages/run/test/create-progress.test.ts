import { afterEach, expect, expectTypeOf, test, vi } from "vitest";
import type { Progress, ProgressOptions, Sink } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import { recorder } from "./recorder.ts";

afterEach(() => void vi.useRealTimers());

test("createProgress() works without options, each run with an id of its own", () => {
  const progress = createProgress();
  expect(progress.rootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(progress.rootId).toBe(progress.nodeId);
  expect(createProgress().rootId).not.toBe(progress.rootId);
  progress.end();
  expect(progress.snapshot()).toMatchObject({ name: "run", status: "done", ratio: 1 });
});

test("createProgress() refuses bad options", () => {
  const refused = (options: object): Error => {
    try {
      createProgress(options);
    } catch (error) {
      return error as Error;
    }
    throw new Error("was not refused");
  };
  for (const [options, Kind, message] of [
    [{ name: 5 }, TypeError, "Cannot create progress: 'name' must be a string: received 5"],
    [{ rootId: 5 }, TypeError, "Cannot create progress: 'rootId' must be a string: received 5"],
    [
      { total: -1 },
      RangeError,
      "Cannot create progress: 'total' must be a finite number of at least 0: received -1",
    ],
    [
      { initial: "1" },
      TypeError,
      `Cannot create progress: 'initial' must be a finite number of at least 0: received "1"`,
    ],
    [
      { throttleMs: -1 },
      RangeError,
      "Cannot create progress: 'throttleMs' must be a whole number of at least 0, or Infinity: received -1",
    ],
    [
      { throttleMs: Number.NaN },
      RangeError,
      "Cannot create progress: 'throttleMs' must be a whole number of at least 0, or Infinity: received NaN",
    ],
    [
      { maxNodes: 1.5 },
      RangeError,
      "Cannot create progress: 'maxNodes' must be a whole number of at least 0, or Infinity: received 1.5",
    ],
    [
      { maxMessage: 0 },
      RangeError,
      "Cannot create progress: 'maxMessage' must be a whole number of at least 1, or Infinity: received 0",
    ],
    [{ clock: 5 }, TypeError, "Cannot create progress: 'clock' must be a function: received 5"],
    [{ sinks: 5 }, TypeError, "Cannot create progress: 'sinks' must be an array of sinks: received 5"],
    [
      { sinks: [undefined] },
      TypeError,
      "Cannot create progress: 'sinks' must be an array of sinks: received undefined",
    ],
  ] as const) {
    const error = refused(options);
    expect(error).toBeInstanceOf(Kind);
    expect(error.message).toBe(message);
  }
});

test("createProgress() takes Infinity as no limit for maxNodes and maxMessage", () => {
  const sink = recorder();
  const progress = createProgress({ sinks: [sink], maxNodes: Infinity, maxMessage: Infinity });
  for (let i = 0; i < 1500; i++) progress.child("n");
  expect(progress.snapshot().children.length).toBe(1500);
  progress.note("x".repeat(100_000));
  expect(sink.events.at(-1)?.message?.length).toBe(100_000);
  progress.end();
});

test("createProgress() shows 1,000 nodes and cuts messages to 500 characters by default", () => {
  const progress = createProgress();
  for (let i = 0; i < 1001; i++) progress.child("n");
  progress.update({ message: "x".repeat(1000) });
  const { children, hidden, message } = progress.snapshot();
  expect([children.length, hidden, message?.length]).toEqual([1000, 1, 500]);
  progress.end();
});

test("createProgress() runs on Date.now and global timers unless given a clock", () => {
  vi.useFakeTimers({ now: 5000 });
  const sink = recorder();
  const progress = createProgress({ sinks: [sink] });
  progress.add();
  progress.add();
  vi.advanceTimersByTime(99);
  expect(sink.events.length).toBe(2);
  vi.advanceTimersByTime(1);
  expect(sink.events.map(({ ts, current }) => [ts, current])).toEqual([
    [5000, undefined],
    [5000, 1],
    [5100, 2],
  ]);
  progress.end();
});

test("createProgress() leaves the caller's options as they are and does not follow later changes", () => {
  const sink = recorder();
  const sinks: Sink[] = [];
  const options: ProgressOptions = Object.freeze({ sinks, total: 5 });
  const progress = createProgress(options);
  sinks.push(sink);
  progress.end();
  expect(sink.events).toEqual([]);
});

test("createProgress() fits loggers by structure and gives a Progress", () => {
  expectTypeOf<{ warn(context: object, message: string): void }>().toExtend<
    NonNullable<ProgressOptions["logger"]>
  >();
  expectTypeOf<Console>().toExtend<NonNullable<ProgressOptions["logger"]>>();
  expectTypeOf(createProgress).returns.toEqualTypeOf<Progress>();
});
