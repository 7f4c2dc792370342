import fc from "fast-check";
import { expect, test } from "vitest";
import type { Progress, ProgressEvent, ProgressOptions, Snapshot } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import { manualClock, recorder } from "./recorder.ts";

/** A run elsewhere, and a run here with a node that shows it. What crosses over is JSON. */
function joined(options: ProgressOptions = {}) {
  const sink = recorder();
  const root = createProgress({ name: "here", rootId: "here", throttleMs: 0, sinks: [sink], ...options });
  const node = root.child("research", { kind: "run" });
  const wire = recorder();
  const send = (event: ProgressEvent): void => node.merge(JSON.parse(JSON.stringify(event)));
  const open = (remote: ProgressOptions = {}): Progress => {
    const sinks = [wire, { emit: send }];
    return createProgress({ name: "there", rootId: "there", throttleMs: 0, sinks, ...remote });
  };
  return { root, node, sink, wire, open };
}

function told({ name, type, status, message }: ProgressEvent): string {
  return [name, type, status, ...(message === undefined ? [] : [message])].join(" ");
}

test("merge() shows a run elsewhere as the node, its nodes as children with ids of this run", () => {
  const { root, sink, open } = joined();
  const there = open({ total: 4 });
  const file = there.child("a.ts", { total: 2, unit: "rules", kind: "run" });
  file.phase("checking", "rule 1");
  file.add();
  file.note("unused import", "warn");
  file.end("failed", "broken");
  there.add(3);
  there.end("cancelled", "stopped");
  root.end();
  const lasting = sink.events.filter(({ type }) => type !== "progress");
  expect(lasting.map(told)).toEqual([
    "here start running",
    "research start running",
    "a.ts start running",
    "a.ts phase running rule 1",
    "a.ts note running unused import",
    "a.ts end failed broken",
    "research end cancelled stopped",
    "here end done",
  ]);
  expect(sink.of("here/2")[0]).toMatchObject({ parentId: "here/1", kind: "run", total: 2, unit: "rules" });
  expect(sink.of("here/2").at(-1)).toMatchObject({ phase: "checking", current: 1 });
  expect(sink.of("here/1").at(-1)).toMatchObject({ current: 3, total: 4, ratio: 0.75 });
  expect(sink.events.map(({ seq }) => seq)).toEqual(sink.events.map((_, index) => index + 1));
});

test("merge() takes the ratio and the estimate from the run elsewhere, which knows its weights and its past", () => {
  const clock = manualClock();
  const { root, node, wire, open } = joined({ clock });
  const there = open({ clock });
  const [big, small] = [there.child("big", { weight: 3, total: 10, initial: 5 }), there.child("small")];
  for (let i = 0; i < 4; i++) {
    clock.now += 1000;
    big.add();
  }
  const [shown] = node.snapshot().children;
  expect(node.snapshot().ratio).toBeCloseTo(0.675);
  expect(root.snapshot().ratio).toBeCloseTo(0.675);
  expect(shown).toMatchObject({ name: "big", current: 9, total: 10, ratio: 0.9 });
  expect(shown?.etaMs).toBe(wire.of("there/1").at(-1)?.etaMs);
  clock.now += 400;
  expect(node.snapshot().children[0]?.etaMs).toBeCloseTo((shown?.etaMs ?? 0) - 400);
  clock.now += 60_000;
  expect(node.snapshot().children[0]?.etaMs).toBe(0);
  small.update({ status: "waiting" });
  expect(node.snapshot().children[1]).toMatchObject({ name: "small", status: "waiting" });
});

test("merge() takes only what is new: old and repeated events change nothing", () => {
  const { root, sink, wire, node, open } = joined();
  const there = open();
  there.child("a").note("once");
  const count = sink.events.length;
  for (const event of wire.events) node.merge(event);
  expect(sink.events).toHaveLength(count);
  there.note("next");
  root.end();
  expect(sink.events.at(count)).toMatchObject({ message: "next" });
  expect(sink.events.at(-1)?.dropped).toBeUndefined();
});

test("merge() ignores and counts unknown versions, other runs, its own run and what is no event", () => {
  const { root, node, sink, open } = joined();
  open();
  const event: ProgressEvent = {
    v: 1,
    seq: 7,
    ts: 0,
    rootId: "there",
    nodeId: "there",
    type: "note",
    kind: "run",
    name: "there",
    status: "running",
    message: "hello",
  };
  const bad: readonly unknown[] = [
    { ...event, v: 2 },
    { ...event, rootId: "elsewhere", nodeId: "elsewhere" },
    { ...event, rootId: "here", nodeId: "here" },
    { ...event, seq: "7" },
    { ...event, seq: 7.5 },
    { ...event, type: "constructor" },
    { ...event, type: "end", status: "running" },
    { ...event, status: "toString" },
    { ...event, message: { toString: "no" } },
    { ...event, name: undefined },
    { ...event, type: "progress", nodeId: "there/404" },
    undefined,
    null,
    "event",
    [],
  ];
  const count = sink.events.length;
  for (const each of bad) node.merge(each as ProgressEvent);
  expect(sink.events).toHaveLength(count);
  node.merge({ ...event, seq: 8, level: "fatal" as "error" });
  expect(sink.events.at(-1)).toMatchObject({ message: "hello", level: "info", dropped: bad.length });
  root.end();
});

test("merge() cleans text and checks numbers, whatever a run elsewhere sends", () => {
  const { node, sink } = joined({ maxMessage: 10 });
  const event: ProgressEvent = {
    v: 1,
    seq: 1,
    ts: Number.NaN,
    rootId: "there",
    nodeId: "there/1",
    parentId: "there",
    type: "start",
    kind: "root" as "run",
    name: "a\x1b[31m\nb",
    status: "running",
    unit: "\u202efiles",
    total: -1,
    current: Number.NaN,
  };
  node.merge(event);
  const hostile = {
    ratio: 2,
    etaMs: Number.NEGATIVE_INFINITY,
    phase: "\u0007phase",
    message: "\x1b]52;c;\x07text",
  };
  node.merge({ ...event, ...hostile, seq: 2, type: "progress" });
  node.merge({ ...event, ...hostile, seq: 3, type: "phase", ratio: Number.NaN });
  const of = sink.of("here/2");
  expect(of[0]).toMatchObject({ kind: "step", name: "a b", unit: "files" });
  expect(of[0]).not.toHaveProperty("total");
  expect(of.at(-1)).toMatchObject({ type: "phase", phase: "phase", message: "text" });
  expect(of.every(({ ratio = 0, etaMs = 0 }) => ratio < 1 && etaMs === 0)).toBe(true);
});

test("merge() knows at most maxNodes open nodes of a run elsewhere, whose notes still count", () => {
  const { root, node, sink, open } = joined({ maxNodes: 3 });
  const there = open({ maxNodes: 1000 });
  const children = Array.from({ length: 10 }, (_, index) => there.child(`c${index}`));
  for (const child of children) child.note(`from ${child.nodeId}`);
  // The node itself is one of the three.
  expect(node.snapshot()).toMatchObject({ children: [{ name: "c0" }, { name: "c1" }], hidden: 1 });
  expect(sink.events.filter(({ type }) => type === "note")).toHaveLength(10);
  for (const child of children) child.end();
  there.child("again").end();
  expect(sink.events.at(-1)).toMatchObject({ name: "again", type: "end" });
  root.end();
});

test("merge() stands the loss of any events: each start has one end, and what came is told in order", () => {
  const lost = fc.array(fc.boolean(), { minLength: 200, maxLength: 200 });
  const calls = fc.array(fc.record({ at: fc.nat(9), call: fc.constantFrom("child", "add", "note", "end") }), {
    maxLength: 40,
  });
  const property = fc.property(lost, calls, (losses, actions) => {
    const { root, node, sink, wire } = joined({ maxNodes: 4 });
    const there = createProgress({ throttleMs: 0, sinks: [wire] });
    const nodes = [there];
    for (const { at, call } of actions) {
      const target = nodes[at % nodes.length] ?? there;
      if (call === "child") nodes.push(target.child("c", { total: 3 }));
      else if (call === "note") target.note("n");
      else target[call]();
    }
    for (const [index, event] of wire.events.entries()) if (!losses[index]) node.merge(event);
    root.end();
    for (const type of ["start", "end"]) {
      const ids = sink.events.filter((event) => event.type === type).map(({ nodeId }) => nodeId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.toSorted()).toEqual([...new Set(sink.events.map(({ nodeId }) => nodeId))].toSorted());
    }
    expect(sink.events.map(({ seq }) => seq)).toEqual(sink.events.map((_, index) => index + 1));
  });
  fc.assert(property, { numRuns: 200 });
});

test("merge() shows the same open tree as the run elsewhere, over two hops too", () => {
  const far = joined();
  const middle = far.root.child("far", { kind: "run" });
  const near = createProgress({
    name: "far",
    throttleMs: 0,
    sinks: [{ emit: (event) => middle.merge(event) }],
  });
  const inner = near.child("research", { kind: "run" });
  const there = createProgress({ throttleMs: 0, sinks: [{ emit: (event) => inner.merge(event) }] });
  there.child("a", { total: 2 }).child("b").phase("reading");
  const shape = ({ name, phase, total, children }: Snapshot): unknown => [
    name,
    phase,
    total,
    children.map(shape),
  ];
  const expected = shape(there.snapshot());
  expect(shape(inner.snapshot())).toEqual(["research", ...(expected as unknown[]).slice(1)]);
  expect(shape(middle.snapshot())).toEqual(shape(near.snapshot()));
});

test("merge() leaves nothing on the heap of 100,000 nodes that ended elsewhere", () => {
  const { node, open } = joined({ sinks: [], maxNodes: Number.POSITIVE_INFINITY });
  const there = open({ sinks: [{ emit: (event) => node.merge(event) }] });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) there.child(`cell ${i}`).end();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  expect(globalThis.gc).toBeTypeOf("function");
  const before = heapAfter(5_000);
  expect(heapAfter(100_000) - before).toBeLessThan(500_000);
}, 60_000);

test("merge() ignores the events of its own run, which would never end", () => {
  const { root, node, sink } = joined({ sinks: [] });
  let mirror: Progress | undefined;
  const own = createProgress({ throttleMs: 0, sinks: [sink, { emit: (event) => mirror?.merge(event) }] });
  mirror = own.child("mirror");
  own.note("once");
  own.end();
  expect(sink.events.filter(({ type }) => type === "note")).toHaveLength(1);
  node.end();
  root.end();
});

test("merge() tells no more of a node elsewhere than it told of itself", () => {
  const { sink, wire, open } = joined();
  const there = open();
  there.child("a", { total: 2, initial: 1 }).end();
  expect(sink.of("here/2").map(({ type }) => type)).toEqual(wire.of("there/1").map(({ type }) => type));
});

test("merge() takes the last values from the end when those before it were lost", () => {
  const { node, sink, wire } = joined();
  const there = createProgress({ throttleMs: 0, sinks: [wire] });
  there.child("a").update({ current: 3, total: 4 });
  there.end("failed");
  for (const event of wire.events) if (event.type !== "progress") node.merge(event);
  expect(sink.events.findLast(({ name }) => name === "a")).toMatchObject({
    type: "end",
    current: 3,
    total: 4,
  });
  expect(node.snapshot()).toMatchObject({ status: "failed", children: [] });
});

test("merge() forgets nodes whose end was lost when their parent has ended, and starts nothing below them", () => {
  const { node, sink, wire } = joined({ maxNodes: 4 });
  const there = createProgress({ rootId: "there", throttleMs: 0, sinks: [wire] });
  for (let i = 0; i < 10; i++) {
    const parent = there.child(`parent ${i}`);
    parent.child(`child ${i}`);
    parent.end();
  }
  for (const event of wire.events)
    if (event.type !== "end" || event.name.startsWith("parent")) node.merge(event);
  expect(sink.events.filter(({ type }) => type === "end")).toHaveLength(20);
  // A child of a node that has ended here.
  const [late = wire.events[0]!] = wire.events.filter(({ name }) => name === "child 9");
  node.merge({ ...late, seq: 1000, nodeId: "there/1000", parentId: late.nodeId, name: "late" });
  expect(node.snapshot().children).toMatchObject([{ name: "late" }]);
});
