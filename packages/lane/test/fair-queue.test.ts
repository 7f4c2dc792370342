import fc from "fast-check";
import { expect, test } from "vitest";
import { Backlog } from "../src/backlog.ts";
import { Caller, type QueueEntry } from "../src/caller.ts";
import { FairQueue } from "../src/fair-queue.ts";
import { propertyRuns } from "./internal/property-runs.ts";

interface Entry extends QueueEntry<Entry> {
  readonly callerId: string;
  readonly priority: number;
  readonly sequence: number;
  caller: Caller<Entry>;
}

let sequence = 0;

function fair(
  turnsPerLevel: number,
  callerWeight: (callerId?: string) => number = () => 1,
): FairQueue<Entry> {
  return new FairQueue({ turnsPerLevel, callerWeight });
}

function entry(callerId: string, priority = 0, weight = 1): Entry {
  sequence += 1;
  const caller = new Caller<Entry>(callerId, 1, 1, new Backlog());
  return { caller, level: undefined, place: 0, sequence, callerId, priority, weight };
}

function push(queue: FairQueue<Entry>, item: Entry): void {
  item.caller = queue.callerOf(item.callerId);
  queue.push(item, item.priority);
}

function pushMany(queue: FairQueue<Entry>, callerId: string, count: number, priority = 0): Entry[] {
  const entries = Array.from({ length: count }, () => entry(callerId, priority));
  for (const item of entries) push(queue, item);
  return entries;
}

function drain(queue: FairQueue<Entry>, count = Number.POSITIVE_INFINITY): Entry[] {
  const taken: Entry[] = [];
  while (taken.length < count) {
    const next = queue.next();
    if (next === undefined) break;
    queue.ended(next, false);
    taken.push(next);
  }
  return taken;
}

test("next() serves a newcomer within as many starts as callers wait", () => {
  const queue = fair(10);
  pushMany(queue, "ada", 10_000);
  pushMany(queue, "bob", 10_000);
  drain(queue, 501);
  const first = entry("eve");
  push(queue, first);
  expect(drain(queue, 3)).toContain(first);
});

test("next() lets 100 jobs of one caller and 100 of another take turns", () => {
  const queue = fair(10);
  pushMany(queue, "ada", 1_000);
  pushMany(queue, "bob", 100);
  const starts = drain(queue);
  const lastOfBob = starts.findLastIndex((job) => job.callerId === "bob");
  expect(starts.slice(0, lastOfBob).filter((job) => job.callerId === "ada")).toHaveLength(100);
});

test("next() is first come, first served within one caller and priority", () => {
  const queue = fair(10);
  const jobs = pushMany(queue, "ada", 100);
  expect(drain(queue)).toEqual(jobs);
});

test("next() lets a higher job pass the caller's own jobs that came fewer turns before it than its level is worth", () => {
  const queue = fair(3);
  const [, , , fourth, fifth, sixth] = pushMany(queue, "ada", 6);
  const urgent = entry("ada", 1);
  push(queue, urgent);
  expect(drain(queue).slice(3)).toEqual([fourth, urgent, fifth, sixth]);
});

test("next() starts a low job although higher ones of another caller never end", () => {
  const queue = fair(10);
  const low = entry("ada", 0);
  push(queue, low);
  let starts = 0;
  for (; starts < 1_000; starts += 1) {
    push(queue, entry("bob", 2));
    if (queue.next() === low) break;
  }
  expect(starts).toBeLessThanOrEqual(2 * 10 + 1);
  expect(starts).toBeGreaterThan(10);
});

test("next() starts an old caller's second job although new callers never end", () => {
  const queue = fair(10);
  const [, second] = pushMany(queue, "ada", 2);
  let starts = 0;
  for (; starts < 1_000; starts += 1) {
    push(queue, entry(`new-${starts}`));
    if (queue.next() === second) break;
  }
  expect(starts).toBeLessThan(10);
});

test("next() never lets a lower job pass a higher one when priority is strict", () => {
  const queue = fair(Number.POSITIVE_INFINITY);
  pushMany(queue, "ada", 5, 0);
  pushMany(queue, "bob", 50, 1);
  pushMany(queue, "eve", 5, 2);
  expect(drain(queue).map((job) => job.priority)).toEqual([
    ...Array(5).fill(2),
    ...Array(50).fill(1),
    ...Array(5).fill(0),
  ]);
});

test("remove() of 9,900 of a caller's 10,000 jobs costs nobody a turn", () => {
  const queue = fair(10);
  const own = pushMany(queue, "ada", 10_000);
  pushMany(queue, "bob", 100);
  for (const job of own.slice(0, 9_900)) queue.remove(job);
  const callers = drain(queue).map((job) => job.callerId);
  expect(callers.slice(0, 6)).toEqual(["ada", "bob", "ada", "bob", "ada", "bob"]);
});

test("FairQueue forgets every caller but one once nothing waits", () => {
  const queue = fair(10);
  for (let index = 0; index < 1_000; index += 1) push(queue, entry(`caller-${index}`));
  expect(queue.callerCount).toBe(1_000);
  drain(queue);
  expect(queue.callerCount).toBe(1);
});

test("returned() forgets every share if nobody waits any more", () => {
  const queue = fair(10);
  queue.setCallerCap(1);
  const [first] = pushMany(queue, "ada", 1);
  expect(queue.next()).toBe(first);
  queue.left(first as Entry);
  pushMany(queue, "ada", 1);
  const heavy = entry("bob", 1, 5);
  push(queue, heavy);
  expect(queue.next()).toBe(heavy);
  queue.returned(first as Entry);
  // Both callers are at their cap: nobody waits, and Bob's heavy job counts no more.
  const [second] = pushMany(queue, "bob", 1);
  pushMany(queue, "eve", 1);
  queue.ended(heavy, false);
  expect(queue.next()).toBe(second);
});

test("FairQueue forgets passing callers also while one caller always waits", () => {
  const queue = fair(10);
  pushMany(queue, "ada", 5_000);
  for (let index = 0; index < 2_000; index += 1) {
    push(queue, entry(`passing-${index}`));
    drain(queue, 2);
  }
  expect(queue.callerCount).toBeLessThan(10);
});

test("positionOf() is where an entry comes in the drain, after any trace and whoever asked in between", () => {
  const step = fc.record({
    act: fc.constantFrom("push", "push", "push", "next", "remove", "ask"),
    caller: fc.constantFrom("a", "b", "c"),
    priority: fc.integer({ min: -2, max: 7 }),
    at: fc.nat(),
  });
  const steps = fc.array(step, { maxLength: 400, size: "max" });
  const traces = fc.tuple(
    steps,
    fc.constantFrom(1, 4, 10, Number.POSITIVE_INFINITY),
    fc.constantFrom(1, 0.3),
  );
  const play = ([trace, turnsPerLevel, share]: typeof traces extends fc.Arbitrary<infer T>
    ? T
    : never): void => {
    const queue = fair(turnsPerLevel, (callerId) => (callerId === "a" ? share : 1));
    const waiting = new Set<Entry>();
    for (const { act, caller, priority, at } of trace) {
      const chosen = [...waiting][at % Math.max(1, waiting.size)];
      if (act === "push") {
        const item = entry(caller, priority);
        push(queue, item);
        waiting.add(item);
      } else if (act === "next") {
        for (const taken of drain(queue, 1)) waiting.delete(taken);
      } else if (chosen !== undefined && act === "ask") queue.positionOf(chosen);
      else if (chosen !== undefined) {
        queue.remove(chosen);
        waiting.delete(chosen);
      }
    }
    const positions = new Map([...waiting].map((item) => [item, queue.positionOf(item)]));
    expect(drain(queue).map((item) => positions.get(item))).toEqual([...waiting].map((_, index) => index));
  };
  fc.assert(fc.property(traces, play), propertyRuns("traces", 500, 20_000));
});

test.each([1, 0.25])(
  "positionOf() is right of the few left of a caller's many jobs, priorities 0 and %d",
  (other) => {
    const queue = fair(10);
    pushMany(queue, "ada", 301, 0);
    pushMany(queue, "ada", 300, other);
    pushMany(queue, "bob", 100, 0.5);
    for (let turn = 0; turn < 20_000; turn += 1) {
      pushMany(queue, "ada", 1, turn % 2 === 0 ? 0 : other);
      drain(queue, 1);
    }
    const left = queue.entries();
    const positions = new Map(left.map((item) => [item, queue.positionOf(item)]));
    expect(drain(queue).map((item) => positions.get(item))).toEqual(left.map((_, index) => index));
  },
);

test("FairQueue keeps nothing of 400,000 jobs of two priorities of a caller that always waits", () => {
  const queue = fair(10);
  const pass = (count: number): number => {
    for (let turn = 0; turn < count; turn += 1) {
      pushMany(queue, "ada", 1, turn % 2);
      drain(queue, 1);
    }
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  pushMany(queue, "ada", 10, 0);
  pushMany(queue, "ada", 10, 1);
  const before = pass(100_000);
  expect(pass(400_000) - before).toBeLessThan(1_000_000);
});

test.each([0, 20])(
  "FairQueue keeps nothing of 200,000 jobs of two priorities once all but %d have been taken, while their caller runs",
  (left) => {
    const queue = fair(10);
    const heap = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    pushMany(queue, "ada", 2);
    queue.next();
    const before = heap();
    pushMany(queue, "ada", 100_000, 0);
    pushMany(queue, "ada", 100_000, 1);
    expect(heap() - before).toBeGreaterThan(10_000_000);
    drain(queue, queue.size - left);
    expect(heap() - before).toBeLessThan(1_000_000);
  },
);

test("FairQueue gives back every entry exactly once under any trace, and its order follows from the trace alone", () => {
  const step = fc.record({
    act: fc.constantFrom("push", "push", "next", "remove"),
    caller: fc.constantFrom("a", "b", "c", "d"),
    priority: fc.integer({ min: -2, max: 2 }),
    at: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const play = (): number[] => {
        const queue = fair(4);
        const waiting: Entry[] = [];
        const starts: number[] = [];
        for (const [index, { act, caller, priority, at }] of steps.entries()) {
          if (act === "push") {
            const item = { ...entry(caller, priority), sequence: index };
            push(queue, item);
            waiting.push(item);
          } else if (act === "remove" && waiting.length > 0) {
            queue.remove(waiting.splice(at % waiting.length, 1)[0] as Entry);
          } else if (act === "next") {
            const item = queue.next();
            expect(item === undefined).toBe(waiting.length === 0);
            if (item === undefined) continue;
            expect(waiting).toContain(item);
            waiting.splice(waiting.indexOf(item), 1);
            starts.push(item.sequence);
          }
          expect(queue.size).toBe(waiting.length);
        }
        return starts;
      };
      expect(play()).toEqual(play());
    }),
  );
});
