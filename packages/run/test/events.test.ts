import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import type { Progress, ProgressEvent } from "../src/index.ts";
import { createProgress, events, noop } from "../src/index.ts";
import { manualClock, recorder } from "./recorder.ts";

function heapBytes(): number {
  expect(globalThis.gc).toBeTypeOf("function");
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function all(stream: AsyncIterable<ProgressEvent>): Promise<ProgressEvent[]> {
  const found: ProgressEvent[] = [];
  for await (const event of stream) found.push(event);
  return found;
}

test("events() gives all that a sink is told, in order, and ends after the end of the node", async () => {
  const sink = recorder();
  const root = createProgress({ name: "review", throttleMs: 0 });
  const copy = createProgress({ name: "review", sinks: [sink] });
  const stream = all(events(root));
  const other = all(events(copy));
  root.note("hello");
  root.child("a").end("failed", "broken");
  root.end("cancelled");
  copy.end();
  root.note("too late");
  const found = await stream;
  expect(found.map(({ type, name, status }) => `${name} ${type} ${status}`)).toEqual([
    "review note running",
    "a start running",
    "a end failed",
    "review progress running",
    "review end cancelled",
  ]);
  expect(found.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
  expect(await other).toEqual(sink.events.slice(1));
});

test("events() of a child gives what happens at it and below it", async () => {
  const root = createProgress();
  const child = root.child("a");
  const before = child.child("below, from before");
  const stream = all(events(child));
  before.note("1");
  child.child("below").child("further below").note("2");
  root.child("beside").note("not here");
  root.note("not here");
  child.end();
  child.note("too late");
  root.end();
  const found = await stream;
  expect(new Set(found.map(({ name }) => name))).toEqual(
    new Set(["below, from before", "below", "further below", "a"]),
  );
  expect(found.at(-1)).toMatchObject({ type: "end", name: "a" });
});

test("events() begins where snapshot() ends, also within a sink", async () => {
  let stream: Promise<ProgressEvent[]> | undefined;
  const root = createProgress({
    sinks: [
      {
        emit(event) {
          if (event.type !== "note" || stream) return;
          root.child("waits to be told");
          expect(root.snapshot().children).toHaveLength(1);
          stream = all(events(root));
        },
      },
    ],
  });
  root.note("go");
  root.child("after");
  root.end();
  expect((await stream)?.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "after start",
    "after end",
    "waits to be told end",
    "run end",
  ]);
});

test("events() keeps all but progress for a slow reader, and of that the newest of each node", async () => {
  const clock = manualClock();
  const root = createProgress({ throttleMs: 0, clock });
  const stream = events(root, { buffer: 16 });
  const children = Array.from({ length: 20 }, (_, index) => root.child(`c${index}`, { weight: 0 }));
  for (let round = 1; round <= 1000; round++) {
    for (const child of children) child.update({ current: round });
    if (round % 100 === 0) root.note(`round ${round}`);
  }
  for (const child of children) child.end();
  root.end();
  const found = await all(stream);
  const of = (type: string): ProgressEvent[] => found.filter((event) => event.type === type);
  expect([of("start").length, of("note").length, of("end").length]).toEqual([20, 10, 21]);
  expect(of("progress").map(({ name, current }) => `${name} ${current}`)).toEqual(
    children.map((_, index) => `c${index} 1000`),
  );
});

test("events() leaves nothing out while fewer events wait than its buffer", async () => {
  const root = createProgress({ throttleMs: 0 });
  const found = all(events(root, { buffer: 6 }));
  const slow = events(root, { buffer: 4 });
  for (let current = 1; current <= 6; current++) root.update({ current });
  root.end();
  const currents = (list: ProgressEvent[]): unknown[] => list.map(({ current }) => current);
  expect(currents(await found)).toEqual([1, 2, 3, 4, 5, 6, 6]);
  expect(currents(await all(slow))).toEqual([1, 2, 3, 6, 6]);
});

test("events() leaves nothing on the heap over 10⁶ updates that nobody reads", async () => {
  const root = createProgress({ throttleMs: 0 });
  const stream = events(root);
  const before = heapBytes();
  for (let current = 1; current <= 1e6; current++) root.update({ current });
  expect(heapBytes() - before).toBeLessThan(1_000_000);
  root.end();
  expect((await all(stream)).at(-1)).toMatchObject({ type: "end", current: 1e6 });
}, 60_000);

test("events() leaves nothing on the heap of 50,000 nodes that were read to their end", async () => {
  const root = createProgress({ throttleMs: 0 });
  const stream = events(root);
  const heapAfter = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) {
      const child = root.child("cell", { total: 2 });
      child.add();
      child.end();
      while ((await stream.next()).value?.type !== "end");
    }
    return heapBytes();
  };
  const before = await heapAfter(5_000);
  expect((await heapAfter(50_000)) - before).toBeLessThan(500_000);
}, 60_000);

test("events() gives each reader that waits one event, and settles all of them at the end", async () => {
  const root = createProgress();
  const stream = events(root);
  const reads = [stream.next(), stream.next(), stream.next(), stream.next()];
  root.note("1");
  root.end();
  const results = await Promise.all(reads);
  expect(results.map(({ value }) => value?.type)).toEqual(["note", "end", undefined, undefined]);
  expect(results.map(({ done }) => done)).toEqual([false, false, true, true]);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("return() ends the events at once, also while a read waits, and the run tells them nothing more", async () => {
  const root = createProgress();
  const stream = events(root);
  root.note("forgotten");
  await stream.next();
  const waiting = stream.next();
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  root.note("unheard");
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("leaving the loop over events() forgets what waits", async () => {
  const root = createProgress();
  const stream = events(root);
  root.note("1");
  root.note("2");
  for await (const event of stream) {
    expect(event.message).toBe("1");
    break;
  }
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("events() is empty for a node that has ended, that is above maxNodes, and for noop", async () => {
  const root = createProgress({ maxNodes: 0 });
  const hidden = root.child("hidden");
  const ended = createProgress();
  ended.end();
  for (const progress of [hidden, ended, noop]) expect(await all(events(progress))).toEqual([]);
});

test("events() refuses bad arguments", () => {
  const root = createProgress();
  expect(() => events(root, { buffer: -1 })).toThrow(
    new RangeError(
      "Cannot read events: 'buffer' must be a whole number of at least 0, or Infinity: received -1",
    ),
  );
  expect(() => events({} as Progress)).toThrow(
    new TypeError("Cannot read events: 'progress' must come from createProgress: received an object"),
  );
  expect(() => events(null as never)).toThrow(TypeError);
});

test("events() fits a ReadableStream, which it leaves when cancelled", async () => {
  const root = createProgress();
  const reader = ReadableStream.from(events(root)).getReader();
  const first = reader.read();
  root.note("1");
  expect((await first).value?.message).toBe("1");
  const second = reader.read();
  await reader.cancel();
  expect((await second).done).toBe(true);
  root.end();
  expectTypeOf(events).returns.toExtend<AsyncIterable<ProgressEvent>>();
});

test("events() loses no start, phase, note or end and no newest progress, in order, for any reader", async () => {
  const action = fc.record({
    at: fc.nat(5),
    call: fc.constantFrom("child", "update", "note", "phase", "end", "read"),
  });
  const property = fc.asyncProperty(
    fc.array(action, { maxLength: 60 }),
    fc.nat(4),
    async (actions, buffer) => {
      const sink = recorder();
      const root = createProgress({ throttleMs: 0, sinks: [sink] });
      const nodes: Progress[] = [root];
      const stream = events(root, { buffer });
      const reads: Promise<IteratorResult<ProgressEvent, undefined>>[] = [];
      let current = 0;
      for (const { at, call } of actions) {
        const node = nodes[at % nodes.length] ?? root;
        if (call === "child") nodes.push(node.child("c"));
        else if (call === "update") node.update({ current: (current += 1) });
        else if (call === "note" || call === "phase") node[call]("text");
        else if (call === "end") node.end();
        else reads.push(stream.next());
      }
      root.end();
      const read = (await Promise.all(reads)).flatMap(({ value }) => value ?? []);
      const found = [...read, ...(await all(stream))];
      const lasting = (list: ProgressEvent[]): ProgressEvent[] =>
        list.filter(({ type }) => type !== "progress");
      expect(lasting(found)).toEqual(lasting(sink.events.slice(1)));
      const seqs = found.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      for (const { nodeId } of nodes) {
        const newest = sink.of(nodeId).findLast(({ type }) => type === "progress");
        if (newest) expect(found).toContain(newest);
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
