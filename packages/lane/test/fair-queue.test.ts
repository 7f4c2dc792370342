import fc from "fast-check";
import { expect, test } from "vitest";
import { FairQueue, type QueueEntry } from "../src/fair-queue.ts";

let sequence = 0;

function entry(callerId: string, priority = 0): QueueEntry {
  sequence += 1;
  return { position: -1, turn: 0, sequence, callerId, priority };
}

function pushMany(queue: FairQueue<QueueEntry>, callerId: string, count: number, priority = 0): QueueEntry[] {
  const entries = Array.from({ length: count }, () => entry(callerId, priority));
  for (const item of entries) queue.push(item);
  return entries;
}

function drain(queue: FairQueue<QueueEntry>, count = Number.POSITIVE_INFINITY): QueueEntry[] {
  const taken: QueueEntry[] = [];
  while (taken.length < count) {
    const next = queue.next();
    if (next === undefined) break;
    taken.push(next);
  }
  return taken;
}

test("next() serves a newcomer within as many starts as callers wait", () => {
  const queue = new FairQueue<QueueEntry>(10);
  pushMany(queue, "ada", 10_000);
  pushMany(queue, "bob", 10_000);
  drain(queue, 501);
  const first = entry("eve");
  queue.push(first);
  expect(drain(queue, 3)).toContain(first);
});

test("next() lets 100 jobs of one caller and 100 of another take turns", () => {
  const queue = new FairQueue<QueueEntry>(10);
  pushMany(queue, "ada", 1_000);
  pushMany(queue, "bob", 100);
  const starts = drain(queue);
  const lastOfBob = starts.findLastIndex((job) => job.callerId === "bob");
  expect(starts.slice(0, lastOfBob).filter((job) => job.callerId === "ada")).toHaveLength(100);
});

test("next() is first come, first served within one caller and priority", () => {
  const queue = new FairQueue<QueueEntry>(10);
  const jobs = pushMany(queue, "ada", 100);
  expect(drain(queue)).toEqual(jobs);
});

test("next() lets a higher job pass the caller's own jobs that came fewer turns before it than its level is worth", () => {
  const queue = new FairQueue<QueueEntry>(3);
  const [, , , fourth, fifth, sixth] = pushMany(queue, "ada", 6);
  const urgent = entry("ada", 1);
  queue.push(urgent);
  expect(drain(queue).slice(3)).toEqual([fourth, urgent, fifth, sixth]);
});

test("next() starts a low job although higher ones of another caller never end", () => {
  const queue = new FairQueue<QueueEntry>(10);
  const low = entry("ada", 0);
  queue.push(low);
  let starts = 0;
  for (; starts < 1_000; starts += 1) {
    queue.push(entry("bob", 2));
    if (queue.next() === low) break;
  }
  expect(starts).toBeLessThanOrEqual(2 * 10 + 1);
  expect(starts).toBeGreaterThan(10);
});

test("next() starts an old caller's second job although new callers never end", () => {
  const queue = new FairQueue<QueueEntry>(10);
  const [, second] = pushMany(queue, "ada", 2);
  let starts = 0;
  for (; starts < 1_000; starts += 1) {
    queue.push(entry(`new-${starts}`));
    if (queue.next() === second) break;
  }
  expect(starts).toBeLessThan(10);
});

test("next() never lets a lower job pass a higher one when priority is strict", () => {
  const queue = new FairQueue<QueueEntry>(Number.POSITIVE_INFINITY);
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
  const queue = new FairQueue<QueueEntry>(10);
  const own = pushMany(queue, "ada", 10_000);
  pushMany(queue, "bob", 100);
  for (const job of own.slice(0, 9_900)) queue.remove(job);
  const callers = drain(queue).map((job) => job.callerId);
  expect(callers.slice(0, 6)).toEqual(["ada", "bob", "ada", "bob", "ada", "bob"]);
});

test("FairQueue forgets every caller once nothing waits", () => {
  const queue = new FairQueue<QueueEntry>(10);
  for (let index = 0; index < 1_000; index += 1) queue.push(entry(`caller-${index}`));
  expect(queue.callerCount).toBe(1_000);
  drain(queue);
  expect(queue.callerCount).toBe(0);
});

test("FairQueue forgets passing callers also while one caller always waits", () => {
  const queue = new FairQueue<QueueEntry>(10);
  pushMany(queue, "ada", 5_000);
  for (let index = 0; index < 2_000; index += 1) {
    queue.push(entry(`passing-${index}`));
    drain(queue, 2);
  }
  expect(queue.callerCount).toBeLessThan(10);
});

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
        const queue = new FairQueue<QueueEntry>(4);
        const waiting: QueueEntry[] = [];
        const starts: number[] = [];
        for (const [index, { act, caller, priority, at }] of steps.entries()) {
          if (act === "push") {
            const item = { position: -1, turn: 0, sequence: index, callerId: caller, priority };
            queue.push(item);
            waiting.push(item);
          } else if (act === "remove" && waiting.length > 0) {
            queue.remove(waiting.splice(at % waiting.length, 1)[0] as QueueEntry);
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
