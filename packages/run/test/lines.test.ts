import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { expect, expectTypeOf, test, vi } from "vitest";
import type { Progress, TextStream } from "../src/index.ts";
import { createProgress, lines } from "../src/index.ts";
import { manualClock, textStream } from "./recorder.ts";

function started(everyMs?: number): {
  root: Progress;
  clock: ReturnType<typeof manualClock>;
  written: readonly string[];
} {
  const stream = textStream();
  const clock = manualClock();
  const sinks = [lines({ stream, everyMs })];
  const root = createProgress({ name: "review", total: 4, unit: "cells", sinks, clock, throttleMs: 0 });
  return { root, clock, written: stream.written };
}

test("lines() writes a line for each start, phase, note and end", () => {
  const { root, clock, written } = started();
  const file = root.child("src/a.ts");
  file.phase("reading");
  file.phase("checking", "12 rules");
  file.note("unused import");
  file.note("maybe slow", "warn");
  file.note("a secret", "error");
  clock.now += 65_000;
  file.child("parse").end("failed", "bad syntax");
  file.child("parse").child("token").end("cancelled");
  file.end();
  root.add();
  root.end("failed", "1 error");
  expect(written).toEqual([
    "review: started\n",
    "src/a.ts: started\n",
    "src/a.ts: phase reading\n",
    "src/a.ts: phase checking, 12 rules\n",
    "src/a.ts: unused import\n",
    "src/a.ts: warning: maybe slow\n",
    "src/a.ts: error: a secret\n",
    "src/a.ts > parse: started\n",
    "src/a.ts > parse: failed in 0s, bad syntax\n",
    "review: 0%, 0/4 cells\n",
    "src/a.ts > parse: started\n",
    "src/a.ts > parse > token: started\n",
    "src/a.ts > parse > token: cancelled in 0s\n",
    "src/a.ts > parse: cancelled in 0s\n",
    "src/a.ts: done in 1m 05s\n",
    "review: failed in 1m 05s, 1/4 cells, 1 error\n",
  ]);
});

test("lines() writes where the run stands at most once every everyMs", () => {
  const { root, clock, written } = started(1000);
  const cell = root.child("cell", { total: 100 });
  for (let i = 1; i <= 50; i++) {
    clock.now += 100;
    cell.add();
    if (i % 20 === 0) root.add();
  }
  expect(written.slice(2)).toEqual([
    "review: 0%, 0/4 cells\n",
    "review: 0%, 0/4 cells\n",
    "review: 25%, 1/4 cells\n",
    "review: 25%, 1/4 cells\n",
    "review: 50%, 2/4 cells, ETA 3s\n",
  ]);
});

test("lines() counts an estimate down until the next one, and leaves it out once it has passed", () => {
  const { root, clock, written } = started(1000);
  const cell = root.child("cell", { total: 100 });
  for (let i = 0; i < 2; i++) {
    clock.now += 10_000;
    root.add();
  }
  for (let i = 0; i < 3; i++) {
    clock.now += 8000;
    cell.add();
  }
  expect(written.slice(3)).toEqual([
    "review: 50%, 2/4 cells, ETA 20s\n",
    "review: 50%, 2/4 cells, ETA 12s\n",
    "review: 50%, 2/4 cells, ETA 4s\n",
    "review: 50%, 2/4 cells\n",
  ]);
});

test("lines() writes no progress when everyMs is Infinity, all of it when it is 0", () => {
  for (const [everyMs, expected] of [
    [Infinity, 2],
    [0, 52],
  ] as const) {
    const { root, clock, written } = started(everyMs);
    for (let i = 1; i <= 50; i++) {
      clock.now += 60_000;
      root.add(0.01);
    }
    root.end();
    expect(written.length).toBe(expected);
  }
});

test("lines() writes where a child stands when the run as a whole has no figures", () => {
  const stream = textStream();
  const root = createProgress({ sinks: [lines({ stream, everyMs: 0 })], throttleMs: 0 });
  const child = root.child("fetch", { weight: 0, total: 10, unit: "pages" });
  child.update({ current: 3, message: "page 3", status: "waiting" });
  root.update({ message: "all well" });
  expect(stream.written.slice(2)).toEqual([
    "fetch: 30%, 3/10 pages, waiting, page 3\n",
    "run: running, all well\n",
  ]);
});

test("lines() keeps writing after the clock stepped backwards", () => {
  const { root, clock, written } = started(1000);
  clock.now -= 1_000_000;
  root.add();
  expect(written.at(-1)).toBe("review: 25%, 1/4 cells\n");
});

test("lines() tells runs apart that share a node id", () => {
  const stream = textStream();
  const sink = lines({ stream });
  const [one, two] = ["one", "two"].map((name) => createProgress({ name, rootId: "same", sinks: [sink] }));
  one?.end();
  two?.end();
  expect(stream.written.length).toBe(4);
});

test("lines() writes one clean line for hostile text, also from events that nobody cleaned", () => {
  const stream = textStream();
  const sink = lines({ stream });
  const hostile = "a\x1b]52;c;eA==\x07\r\nb\u202ec\x9b2J";
  const fields = { v: 1, seq: 1, ts: 0, rootId: "r", nodeId: "r", kind: "run", status: "running" } as const;
  const event = { ...fields, name: hostile, phase: hostile, unit: hostile, message: hostile, current: 1 };
  for (const type of ["start", "phase", "note", "progress", "end"] as const) {
    sink.emit({ ...event, type, ts: type === "progress" ? 60_000 : 0, level: hostile as never });
  }
  sink.emit({ ...event, type: "end", status: hostile as never });
  expect(stream.written).toEqual([
    "a bc: started\n",
    "a bc: phase a bc, a bc\n",
    "a bc: a bc\n",
    "a bc: 1 a bc, a bc\n",
    "a bc: ended in 0s, 1 a bc, a bc\n",
    "a bc: ended in 0s, 1 a bc, a bc\n",
  ]);
});

test("lines() writes to a real file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-lines-"));
  const stream = createWriteStream(join(folder, "progress.log"));
  const root = createProgress({ sinks: [lines({ stream })], clock: () => 0 });
  await root.step("a", (step) => step.note("ü"));
  root.end();
  stream.end();
  await finished(stream);
  expect(readFileSync(join(folder, "progress.log"), "utf8")).toBe(
    "run: started\na: started\na: ü\na: done in 0s\nrun: done in 0s\n",
  );
  await rm(folder, { recursive: true });
});

test("lines() forgets ended nodes: 100,000 of them leave nothing on the heap", () => {
  const root = createProgress({ sinks: [lines({ stream: { write: () => true } })] });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) root.child(`cell ${i}`).end();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heapAfter(5_000);
  expect(heapAfter(100_000) - before).toBeLessThan(500_000);
  root.end();
}, 60_000);

test("lines() refuses bad options", () => {
  expect(() => lines({ stream: {} as never })).toThrowError(
    new TypeError("Cannot create lines sink: 'stream' must have a 'write' function: received an object"),
  );
  expect(() => lines({ stream: textStream(), everyMs: -1 })).toThrowError(
    new RangeError(
      "Cannot create lines sink: 'everyMs' must be a whole number of at least 0, or Infinity: received -1",
    ),
  );
});

test("lines() starts no timer and takes any stream that writes text", () => {
  vi.useFakeTimers();
  const root = createProgress({ sinks: [lines({ stream: textStream() })], throttleMs: 0 });
  root.add();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  expectTypeOf(process.stdout).toExtend<TextStream>();
});

test("lines() hands on the promise of a stream that writes later, so that its failure is reported", async () => {
  const failure = new Error("broken");
  const warn = vi.fn<(context: object, message: string) => void>();
  const sinks = [lines({ stream: { write: () => Promise.reject(failure) } })];
  createProgress({ sinks, logger: { warn } }).end();
  await vi.waitFor(() => expect(warn.mock.calls).toEqual([[{ error: failure }, "A progress sink failed"]]));
});

test("lines() shows no built-in name for a level or a status that it does not know", () => {
  const stream = textStream();
  const sink = lines({ stream });
  const fields = { v: 1, seq: 1, ts: 0, rootId: "r", nodeId: "r", kind: "run", name: "run" } as const;
  sink.emit({ ...fields, type: "note", status: "running", message: "a", level: "constructor" as never });
  sink.emit({ ...fields, type: "end", status: "constructor" as never });
  expect(stream.written).toEqual(["run: a\n", "run: ended in 0s\n"]);
});
