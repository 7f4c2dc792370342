import type { Mock } from "vitest";
import { expect, test, vi } from "vitest";
import type { Progress, ProgressEvent, Sink } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import { manualClock, recorder } from "./recorder.ts";

type Warn = (context: object, message: string) => void;

function run(sinks: readonly Sink[]): { root: Progress; logger: { warn: Mock<Warn> } } {
  const logger = { warn: vi.fn<Warn>() };
  return {
    root: createProgress({ rootId: "r", sinks, logger, clock: manualClock(), throttleMs: 0 }),
    logger,
  };
}

test("a sink that throws is reported once and changes neither the run nor other sinks", () => {
  const failure = new Error("broken");
  const broken: Sink = {
    emit() {
      throw failure;
    },
  };
  const [before, after] = [recorder(), recorder()];
  const { root, logger } = run([before, broken, after]);
  root.child("a").end();
  root.end();
  expect(before.events.length).toBeGreaterThan(3);
  expect(after.events).toEqual(before.events);
  expect(logger.warn.mock.calls).toEqual([[{ error: failure }, "A progress sink failed"]]);
});

test("a sink that rejects is reported and leaves no unhandled rejection", async () => {
  const failure = new Error("broken");
  const { root, logger } = run([{ emit: (() => Promise.reject(failure)) as Sink["emit"] }]);
  root.end();
  await vi.waitFor(() =>
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith({ error: failure }, expect.any(String)),
  );
});

test("without a logger a failing sink becomes a process warning", () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const root = createProgress({
    sinks: [
      {
        emit() {
          throw new Error("broken");
        },
      },
    ],
  });
  root.end();
  expect(warned.mock.calls).toEqual([["A progress sink failed: broken"]]);
  warned.mockRestore();
});

test("events are frozen: no sink can change what the next one sees", () => {
  const after = recorder();
  const meddler: Sink = {
    emit(event) {
      (event as { name: string }).name = "changed";
    },
  };
  run([meddler, after]).root.end();
  expect(after.events.map(({ name }) => name)).toEqual(["run", "run"]);
});

test("a call from within a sink is delivered to all after the event at hand", () => {
  const [before, after] = [recorder(), recorder()];
  let root: Progress | undefined;
  const answering: Sink = {
    emit: ({ type, message }) => {
      if (type === "note" && message === "ask") root?.note("answer");
    },
  };
  ({ root } = run([before, answering, after]));
  root.note("ask");
  root.end();
  const told = before.events.map(({ seq, type, message }) => [seq, type, message]);
  expect(told).toEqual([
    [1, "start", undefined],
    [2, "note", "ask"],
    [3, "note", "answer"],
    [4, "end", undefined],
  ]);
  expect(after.events).toEqual(before.events);
});

test("a sink that ends a child when another fails gets its way", () => {
  const seen = recorder();
  let sibling: Progress | undefined;
  const aborting: Sink = {
    emit: ({ status }) => {
      if (status === "failed") sibling?.end("cancelled", "sibling failed");
    },
  };
  const { root } = run([seen, aborting]);
  const first = root.child("first");
  sibling = root.child("second");
  first.end("failed");
  expect(seen.events.filter(({ type }) => type === "end").at(-1)).toMatchObject({
    name: "second",
    status: "cancelled",
    message: "sibling failed",
  });
});

test("a sink that starts children while the run ends starts none that nobody ends", () => {
  const seen = recorder();
  let root: Progress | undefined;
  const starting: Sink = { emit: ({ type }) => void (type === "end" && root?.child("late")) };
  ({ root } = run([seen, starting]));
  root.child("a");
  root.end();
  const count = (type: ProgressEvent["type"]): number =>
    seen.events.filter((event) => event.type === type).length;
  expect(count("start")).toBe(count("end"));
  expect(seen.events.at(-1)).toMatchObject({ type: "end", nodeId: "r" });
});

test("a sink that answers every event is cut off, and what it did not get is counted", () => {
  const seen = recorder();
  let root: Progress | undefined;
  const endless: Sink = {
    emit() {
      root?.note("again");
      root?.child("again");
      root?.add();
    },
  };
  ({ root } = run([endless, seen]));
  root.note("first");
  expect(seen.events.length).toBeLessThan(1000);
  const { length } = seen.events;
  root.end();
  expect(seen.events.length).toBeGreaterThan(length);
  const ends = seen.events.filter(({ type }) => type === "end");
  expect(ends.length).toBe(seen.events.filter(({ type }) => type === "start").length);
  expect(ends.at(-1)?.dropped).toBeGreaterThan(0);
  expect(seen.events.map(({ seq }) => seq)).toEqual(seen.events.map((_, index) => index + 1));
});

test("10⁶ updates leave nothing behind for a slow reader: progress is coalesced before it", () => {
  const seen = recorder();
  const clock = manualClock();
  const root = createProgress({ sinks: [seen], clock, total: 1_000_000 });
  for (let i = 0; i < 1_000_000; i++) {
    if (i % 1000 === 0) clock.now += 1;
    root.add();
  }
  root.end();
  expect(seen.events.length).toBeLessThanOrEqual(14);
  expect(seen.events.at(-2)).toMatchObject({ type: "progress", current: 1_000_000 });
}, 30_000);

test("a sink that ends the run while a child starts leaves each start before its end", () => {
  const seen = recorder();
  let root: Progress | undefined;
  const ending: Sink = { emit: ({ type }) => void (type === "progress" && root?.end()) };
  ({ root } = run([ending, seen]));
  root.child("half done", { total: 10, initial: 5 });
  expect(seen.events.map(({ type, nodeId }) => `${type} ${nodeId}`)).toEqual([
    "start r",
    "start r/1",
    "progress r",
    "end r/1",
    "end r",
  ]);
});
