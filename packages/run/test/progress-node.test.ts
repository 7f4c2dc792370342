import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { EndStatus, Progress, ProgressEvent } from "../src/index.ts";
import { createProgress, noop } from "../src/index.ts";
import { manualClock, recorder } from "./recorder.ts";

afterEach(() => void vi.useRealTimers());

function started(options: Parameters<typeof createProgress>[0] = {}): {
  root: Progress;
  sink: ReturnType<typeof recorder>;
  clock: ReturnType<typeof manualClock>;
} {
  const sink = recorder();
  const clock = manualClock();
  return { root: createProgress({ rootId: "r", sinks: [sink], clock, ...options }), sink, clock };
}

function ratioOf(progress: Progress): number | undefined {
  return progress.snapshot().ratio;
}

/** What is wrong with a finished run's events, or nothing. */
function faultsIn(events: readonly ProgressEvent[]): string[] {
  const highest = new Map<string, number>();
  const open = new Set<string>();
  const faults: string[] = [];
  events.forEach(({ seq, type, nodeId, status, ratio, etaMs = 0 }, index) => {
    if (seq !== index + 1) faults.push(`seq ${seq} at ${index}`);
    if (type === "start") open.add(nodeId);
    if (!open.has(nodeId)) faults.push(`${type} of ${nodeId}, which is not open`);
    if (type === "end") open.delete(nodeId);
    if (!(etaMs >= 0 && etaMs < Infinity)) faults.push(`ETA ${etaMs}`);
    if (ratio === undefined) return;
    if (!(ratio >= (highest.get(nodeId) ?? 0) && ratio <= 1)) faults.push(`ratio ${ratio}`);
    if ((ratio === 1) !== (status === "done")) faults.push(`ratio ${ratio} when ${status}`);
    highest.set(nodeId, ratio);
  });
  return [...faults, ...[...open].map((nodeId) => `${nodeId} has no end`)];
}

test("createProgress() tells the start, values and end of the root in the documented shape", () => {
  const { root, sink } = started({ name: "review", total: 4, unit: "files" });
  root.add();
  root.end("failed", "no access");
  const common = {
    v: 1,
    ts: 1_000_000,
    rootId: "r",
    nodeId: "r",
    kind: "run",
    name: "review",
    unit: "files",
    total: 4,
  };
  expect(sink.events).toStrictEqual([
    { ...common, seq: 1, type: "start", status: "running", current: 0, ratio: 0 },
    { ...common, seq: 2, type: "progress", status: "running", current: 1, ratio: 0.25 },
    { ...common, seq: 3, type: "end", status: "failed", current: 1, ratio: 0.25, message: "no access" },
  ]);
});

test("child() starts a node under its parent with an id of its own", () => {
  const { root, sink } = started();
  const run = root.child("agent", { kind: "run" });
  run.child("fetch");
  const starts = sink.events.filter(({ type }) => type === "start");
  expect(starts.map(({ nodeId, parentId, kind, name }) => [nodeId, parentId, kind, name])).toEqual([
    ["r", undefined, "run", "run"],
    ["r/1", "r", "run", "agent"],
    ["r/2", "r/1", "step", "fetch"],
  ]);
  expect(run.rootId).toBe("r");
  expect(run.nodeId).toBe("r/1");
});

test("child() refuses bad arguments before it starts anything", () => {
  const { root, sink } = started();
  expect(() => root.child(5 as never)).toThrowError(
    new TypeError("Cannot start child: 'name' must be a string: received 5"),
  );
  expect(() => root.child("a", { unit: 5 as never })).toThrowError(
    new TypeError("Cannot start child: 'unit' must be a string: received 5"),
  );
  expect(() => root.child("a", { weight: -1 })).toThrowError(
    new RangeError("Cannot start child: 'weight' must be a finite number of at least 0: received -1"),
  );
  expect(() => root.child("a", { total: Number.NaN })).toThrowError(RangeError);
  expect(() => root.child("a", { initial: Infinity })).toThrowError(RangeError);
  expect(() => root.child("a", { total: "5" as never })).toThrowError(TypeError);
  expect(sink.events.length).toBe(1);
});

test("end() closes open children as cancelled first, deepest first, and seq has no gap", () => {
  const { root, sink } = started();
  const a = root.child("a");
  a.child("a1");
  root.child("b").end();
  root.end();
  const ends = sink.events.filter(({ type }) => type === "end");
  expect(ends.map(({ name, status }) => [name, status])).toEqual([
    ["b", "done"],
    ["a1", "cancelled"],
    ["a", "cancelled"],
    ["run", "done"],
  ]);
  expect(sink.events.map(({ seq }) => seq)).toEqual(sink.events.map((_, index) => index + 1));
});

test("end() is idempotent and the first status wins", () => {
  const { root, sink } = started();
  root.end("cancelled", "first");
  root.end("done", "second");
  expect(sink.events.filter(({ type }) => type === "end")).toMatchObject([
    { status: "cancelled", message: "first" },
  ]);
  expect(root.snapshot()).toMatchObject({ status: "cancelled", message: "first" });
});

test("end() refuses an unknown status and ends nothing", () => {
  const { root } = started();
  expect(() => root.end("canceled" as never)).toThrowError(
    new TypeError(
      `Cannot end progress: 'status' must be "done", "failed" or "cancelled": received "canceled"`,
    ),
  );
  expect(root.ended).toBe(false);
});

test("every call is a no-op when the node has ended", async () => {
  vi.useFakeTimers();
  const { root, sink } = started({ total: 5 });
  root.end();
  const told = sink.events.length;
  const before = root.snapshot();
  root.phase("late");
  root.update({ current: 3, message: "late" });
  root.add();
  root.note("late");
  root.end("failed");
  expect(root.child("late")).toBe(noop);
  expect(await root.step("late", (progress) => progress.ended)).toBe(true);
  vi.advanceTimersByTime(10_000);
  expect(sink.events.length).toBe(told);
  expect(root.snapshot()).toEqual(before);
  expect(root.ended).toBe(true);
});

test("step() ends its node when the work returns, throws, rejects or aborts", async () => {
  const { root, sink } = started();
  const failure = new Error("secret detail");
  const abort = new DOMException("stop", "AbortError");
  expect(await root.step("returns", () => 5)).toBe(5);
  await expect(root.step("throws", () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(
    root.step("throws at once", () => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  await expect(root.step("aborts", () => Promise.reject(abort))).rejects.toBe(abort);
  await expect(root.step("rejects with nothing", () => Promise.reject(undefined))).rejects.toBe(undefined);
  const ends = sink.events.filter(({ type }) => type === "end");
  expect(ends.map(({ name, status, message }) => [name, status, message])).toEqual([
    ["returns", "done", undefined],
    ["throws", "failed", undefined],
    ["throws at once", "failed", undefined],
    ["aborts", "cancelled", undefined],
    ["rejects with nothing", "failed", undefined],
  ]);
});

test("step() rejects when an option is bad", async () => {
  const { root } = started();
  await expect(root.step("a", () => 1, { weight: -1 })).rejects.toThrowError(RangeError);
});

test("phase() and note() are told at once, each of them", () => {
  const { root, sink } = started();
  for (const name of ["a", "b", "c"]) {
    root.phase(name, `in ${name}`);
    root.note(`found ${name}`, "warn");
  }
  root.note("plain");
  const told = sink.events.slice(1).map(({ type, phase, message, level }) => [type, phase, message, level]);
  expect(told).toEqual([
    ["phase", "a", "in a", undefined],
    ["note", "a", "found a", "warn"],
    ["phase", "b", "in b", undefined],
    ["note", "b", "found b", "warn"],
    ["phase", "c", "in c", undefined],
    ["note", "c", "found c", "warn"],
    ["note", "c", "plain", "info"],
  ]);
});

test("phase() forgets the message of the phase before", () => {
  const { root } = started();
  root.update({ message: "old" });
  root.phase("next");
  expect(root.snapshot()).not.toHaveProperty("message");
});

test("update() gives at most 11 progress events in one second of 10,000 updates", () => {
  vi.useFakeTimers({ now: 0 });
  const { root, sink } = started({ clock: undefined, total: 10_000 });
  for (let ms = 0; ms < 1000; ms++) {
    for (let i = 1; i <= 10; i++) root.update({ current: ms * 10 + i });
    vi.advanceTimersByTime(1);
  }
  const told = sink.events.filter(({ type }) => type === "progress");
  expect(told.length).toBeGreaterThan(9);
  expect(told.length).toBeLessThanOrEqual(11);
  vi.advanceTimersByTime(100);
  expect(sink.events.at(-1)).toMatchObject({ type: "progress", current: 10_000 });
  expect(vi.getTimerCount()).toBe(0);
});

test("update() throttles each node on its own, without turns of the event loop too", () => {
  const { root, sink, clock } = started();
  const [a, b] = [root.child("a", { total: 1000, weight: 0 }), root.child("b", { total: 1000, weight: 0 })];
  for (let ms = 0; ms < 1000; ms++) {
    a.add();
    b.add();
    clock.now += 1;
  }
  for (const { nodeId } of [a, b]) {
    expect(sink.of(nodeId).filter(({ type }) => type === "progress").length).toBe(10);
  }
  root.end();
});

test("end() tells the last value before the end and leaves no timer", () => {
  vi.useFakeTimers();
  const { root, sink } = started({ total: 10 });
  root.update({ current: 1 });
  root.update({ current: 2, status: "waiting" });
  root.update({ current: 3 });
  root.end();
  const told = sink.events.slice(-2);
  expect(told).toMatchObject([
    { type: "progress", current: 3, status: "waiting" },
    { type: "end", current: 3, status: "done" },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("update() tells only the last value when throttleMs is Infinity, every one when it is 0", () => {
  vi.useFakeTimers();
  for (const [throttleMs, expected] of [
    [Infinity, [1, 5]],
    [0, [1, 2, 3, 4, 5]],
  ] as const) {
    const { root, sink } = started({ throttleMs });
    for (let i = 1; i <= 5; i++) root.add();
    expect(vi.getTimerCount()).toBe(0);
    root.end();
    const told = sink.events.filter(({ type }) => type === "progress").map(({ current }) => current);
    expect(told).toEqual(expected);
  }
});

test("update() is told at once when the clock stepped backwards", () => {
  const { root, sink, clock } = started();
  root.update({ current: 1 });
  clock.now -= 500_000;
  root.update({ current: 2 });
  expect(sink.events.at(-1)).toMatchObject({ current: 2 });
  expect(root.snapshot().elapsedMs).toBe(0);
});

test("a pending flush does not keep the process alive", () => {
  const entry = new URL("../src/index.ts", import.meta.url).href;
  const script = `
    import { createProgress } from ${JSON.stringify(entry)};
    const progress = createProgress({ throttleMs: 100_000_000 });
    progress.add();
    progress.add();
    process.stdout.write("pending");
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  expect(output).toBe("pending");
});

test("update() ignores and counts numbers that cannot be used", () => {
  const { root, sink } = started({ total: 10 });
  root.update({ current: 5 });
  for (const bad of [Number.NaN, Infinity, -Infinity, -1, "6" as never]) {
    root.update({ current: bad, total: bad });
    root.add(bad);
  }
  root.update({ message: 5 as never });
  root.note(5 as never);
  root.phase(5 as never);
  root.end();
  expect(sink.events.at(-1)).toMatchObject({ current: 5, total: 10, dropped: 18 });
});

test("add() ignores a count that would overflow", () => {
  const { root } = started();
  root.add(Number.MAX_VALUE);
  root.add(Number.MAX_VALUE);
  expect(root.snapshot().current).toBe(Number.MAX_VALUE);
});

test("ratio follows add() when the node has a total, whatever its children do", () => {
  const { root } = started({ total: 4 });
  const child = root.child("cell");
  root.add();
  child.end();
  expect(ratioOf(root)).toBe(0.25);
});

test("ratio is the weighted mean of the children when the node has no total", () => {
  const { root } = started();
  expect(ratioOf(root)).toBeUndefined();
  const heavy = root.child("heavy", { weight: 3, total: 10 });
  root.child("light", { weight: 1 });
  heavy.update({ current: 5 });
  expect(ratioOf(root)).toBe(0.375);
});

test("ratio goes up through all levels", () => {
  const { root, sink } = started({ throttleMs: 0 });
  const leaf = root.child("a").child("b", { total: 2, initial: 1 });
  expect(ratioOf(root)).toBe(0.5);
  leaf.add();
  expect(sink.of("r").at(-1)).toMatchObject({ type: "progress" });
  expect(ratioOf(root)).toBeCloseTo(1);
  expect(ratioOf(root)).toBeLessThan(1);
});

test("ratio counts failed and cancelled children as finished work, failures apart", () => {
  const { root } = started();
  const children = ["done", "failed", "cancelled", "failed"] as const;
  const open = children.map((name) => root.child(name, { total: 2 }));
  root.child("open", { weight: 4 });
  open.forEach((child, index) => child.end(children[index]));
  expect(root.snapshot()).toMatchObject({ ratio: 0.5, failed: 2, hidden: 4 });
});

test("a zero-weight child changes nothing for its parent", () => {
  const { root, sink } = started({ throttleMs: 0 });
  const child = root.child("extra", { weight: 0, total: 2 });
  child.add();
  child.end();
  expect(ratioOf(root)).toBeUndefined();
  expect(sink.of("r").map(({ type }) => type)).toEqual(["start"]);
});

test("ratio is 1 only when done", () => {
  for (const status of ["done", "failed", "cancelled"] satisfies EndStatus[]) {
    const { root } = started({ total: 3 });
    root.add(3);
    expect(ratioOf(root)).toBeLessThan(1);
    root.end(status);
    if (status === "done") expect(ratioOf(root)).toBe(1);
    else expect(ratioOf(root)).toBeLessThan(1);
  }
});

test("ratio survives a growing total, a total of 0 and more than the total", () => {
  const { root } = started({ total: 10, throttleMs: 0 });
  root.add(5);
  root.update({ total: 100 });
  expect(ratioOf(root)).toBe(0.5);
  root.update({ total: 4 });
  expect(ratioOf(root)).toBeCloseTo(1);
  const { root: empty } = started({ total: 0 });
  expect(ratioOf(empty)).toBeUndefined();
  empty.end();
  expect(ratioOf(empty)).toBe(1);
});

test("ratio never falls and stays in [0, 1], and every start has one end, for any calls on any tree", () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: -2, max: 20 }));
  const call = fc.record({
    at: fc.nat(),
    what: fc.constantFrom("child", "add", "update", "total", "end", "fail", "note", "phase"),
    value: number,
    elapsedMs: fc.integer({ min: -50, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), fc.integer({ min: 0, max: 6 }), (calls, maxNodes) => {
      const { root, sink, clock } = started({ maxNodes });
      const nodes = [root];
      for (const { at, what, value, elapsedMs } of calls) {
        const node = nodes[at % nodes.length] ?? root;
        clock.now += elapsedMs;
        if (what === "child")
          nodes.push(node.child("n", { weight: Math.abs(value) < 1e300 ? Math.abs(value) : 1 }));
        if (what === "add") node.add(value);
        if (what === "update") node.update({ current: value });
        if (what === "total") node.update({ total: value });
        if (what === "end") node.end();
        if (what === "fail") node.end("failed");
        if (what === "note") node.note("n");
        if (what === "phase") node.phase("p");
      }
      root.end();
      expect(faultsIn(sink.events)).toEqual([]);
    }),
  );
});

test("etaMs is told while running with a total, not while waiting", () => {
  const { root, sink, clock } = started({ total: 100 });
  for (let second = 1; second <= 3; second++) {
    clock.now += 1000;
    root.add(10);
  }
  expect(sink.events.at(-1)?.etaMs).toBeCloseTo(7000);
  root.update({ status: "waiting" });
  expect(root.snapshot()).not.toHaveProperty("etaMs");
  root.update({ status: "running" });
  expect(root.snapshot().etaMs).toBeCloseTo(7000);
  root.end();
  expect(sink.events.at(-1)).not.toHaveProperty("etaMs");
});

test("etaMs does not count the work of an earlier run as speed", () => {
  const { root, clock } = started({ total: 1000, initial: 900 });
  for (let second = 1; second <= 3; second++) {
    clock.now += 1000;
    root.add(1);
  }
  expect(root.snapshot()).toMatchObject({ current: 903 });
  expect(root.snapshot().etaMs).toBeCloseTo(97_000);
});

test("children above maxNodes are rolled up: no events, but their weight, notes and failures count", () => {
  const { root, sink } = started({ maxNodes: 2 });
  const shown = [root.child("a"), root.child("b")];
  const hidden = root.child("c", { total: 2 });
  const below = hidden.child("c1");
  hidden.update({ current: 1 });
  hidden.phase("quiet");
  below.note("found", "error");
  expect(root.snapshot()).toMatchObject({ children: [{ name: "a" }, { name: "b" }], hidden: 1 });
  expect(ratioOf(root)).toBeCloseTo(1 / 6);
  hidden.end("failed");
  expect(below.ended).toBe(true);
  expect(below.snapshot().status).toBe("cancelled");
  expect(root.snapshot()).toMatchObject({ hidden: 1, failed: 1 });
  expect(new Set(sink.events.map(({ nodeId }) => nodeId))).toEqual(new Set(["r", "r/1", "r/2"]));
  expect(sink.events.find(({ type }) => type === "note")).toMatchObject({
    nodeId: "r",
    message: "found",
    level: "error",
    dropped: 2,
  });
  shown[0]?.end();
  root.child("d");
  expect(sink.events.at(-1)).toMatchObject({ type: "start", name: "d" });
  root.end();
});

test("a rolled-up child that nobody ended ends with its parent", () => {
  const { root } = started({ maxNodes: 1 });
  const parent = root.child("a");
  const hidden = parent.child("b");
  const below = hidden.child("c");
  expect(below.ended).toBe(false);
  parent.end();
  expect(hidden.ended).toBe(true);
  expect(below.ended).toBe(true);
  below.note("late");
  expect(root.ended).toBe(false);
});

test("a chain of 20,000 children does not overflow the stack when it moves and ends", () => {
  const seen: ProgressEvent[] = [];
  const sink = { emit: (event: ProgressEvent) => void (event.nodeId === "r" && seen.push(event)) };
  const { root } = started({ maxNodes: Infinity, throttleMs: 0, sinks: [sink] });
  let leaf = root;
  for (let i = 0; i < 20_000; i++) leaf = leaf.child("n");
  const moved = leaf.child("last", { total: 2 });
  moved.add();
  expect(seen.at(-1)?.ratio).toBe(0.5);
  root.end();
  expect(moved.ended).toBe(true);
}, 30_000);

test("100,000 ended children leave nothing on the heap", () => {
  const { root } = started({ sinks: [] });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) {
      const child = root.child(`cell ${i}`, { total: 2 });
      child.add();
      child.child("part").note("found");
      child.end(i % 2 === 0 ? "done" : "failed");
    }
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  expect(globalThis.gc).toBeTypeOf("function");
  const before = heapAfter(5_000);
  const after = heapAfter(100_000);
  // One pointer kept per child would be 800 kB.
  expect(after - before).toBeLessThan(500_000);
  expect(root.snapshot()).toMatchObject({ children: [], hidden: 105_000, failed: 52_500 });
}, 60_000);

test("children that are never ended and not told leave nothing on the heap", () => {
  const { root } = started({ sinks: [], maxNodes: 10 });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) root.child(`cell ${i}`).update({ message: "busy" });
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heapAfter(5_000);
  expect(heapAfter(100_000) - before).toBeLessThan(500_000);
  expect(root.snapshot().hidden).toBe(104_990);
}, 60_000);

test("text is told as one clean line, cut to maxMessage", () => {
  const { root, sink } = started({ name: "a\x1b[31m\nb", unit: "\u202efiles", maxMessage: 10 });
  root.phase("p\r\nq");
  root.note(`${"x".repeat(9)}😀${"y".repeat(1_000_000)}`);
  root.update({ message: "m\x07" });
  expect(sink.events).toMatchObject([
    { name: "a b", unit: "files" },
    { phase: "p q" },
    { message: "xxxxxxxxx…" },
    { message: "m" },
  ]);
});

test("snapshot() shows the open tree at the moment", () => {
  const { root, clock } = started({ name: "review", total: 4, unit: "files" });
  const child = root.child("a");
  child.phase("reading", "page 1");
  child.child("b").update({ status: "waiting" });
  root.child("c").end("failed");
  clock.now += 2000;
  root.add();
  expect(root.snapshot()).toStrictEqual({
    nodeId: "r",
    name: "review",
    kind: "run",
    status: "running",
    current: 1,
    total: 4,
    unit: "files",
    ratio: 0.25,
    elapsedMs: 2000,
    children: [
      {
        nodeId: "r/1",
        name: "a",
        kind: "step",
        status: "running",
        phase: "reading",
        message: "page 1",
        ratio: 0,
        elapsedMs: 2000,
        children: [
          {
            nodeId: "r/2",
            name: "b",
            kind: "step",
            status: "waiting",
            elapsedMs: 2000,
            children: [],
            hidden: 0,
            failed: 0,
          },
        ],
        hidden: 0,
        failed: 0,
      },
    ],
    hidden: 1,
    failed: 1,
  });
});

test("snapshot() of an ended node keeps the time of its end", () => {
  const { root, clock } = started();
  clock.now += 500;
  root.end();
  clock.now += 10_000;
  expect(root.snapshot()).toMatchObject({ status: "done", elapsedMs: 500, ratio: 1 });
});

test("update() ignores and counts what is no object", () => {
  const { root, sink } = started();
  root.update(undefined as never);
  root.update(null as never);
  root.update(5 as never);
  root.end();
  expect(sink.events.at(-1)).toMatchObject({ type: "end", dropped: 3 });
});

test("step() rejects before it starts anything when the work is no function", async () => {
  const { root, sink } = started();
  await expect(root.step("a", 5 as never)).rejects.toThrow(
    new TypeError("Cannot run step: 'work' must be a function: received 5"),
  );
  expect(sink.events.length).toBe(1);
});
