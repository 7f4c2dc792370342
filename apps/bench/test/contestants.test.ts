import { expect, test } from "vitest";
import { asyncPriorityQueue, asyncQueue } from "../src/contestants/async.ts";
import { bottleneck } from "../src/contestants/bottleneck.ts";
import type { Contestant, Order } from "../src/contestants/contestant.ts";
import { fastqPromise } from "../src/contestants/fastq.ts";
import { lane, lanePlain, laneUnheard } from "../src/contestants/lane.ts";
import { pLimit } from "../src/contestants/p-limit.ts";
import { pQueue, pQueuePriorities, pQueueSignal } from "../src/contestants/p-queue.ts";
import { rawFifo } from "../src/contestants/raw-fifo.ts";
import { rawPriorities } from "../src/contestants/raw-priorities.ts";
import { rawRoundRobin } from "../src/contestants/raw-round-robin.ts";
import { rawSharedSignal } from "../src/contestants/raw-shared-signal.ts";
import { rawSignal } from "../src/contestants/raw-signal.ts";
import { runByWorkers } from "../src/contestants/raw-workers.ts";
import { holdSlots } from "../src/drivers/gate.ts";
import { makeOrders } from "../src/drivers/orders.ts";

const contestants = [
  rawFifo,
  rawPriorities,
  rawRoundRobin,
  rawSignal,
  rawSharedSignal,
  fastqPromise,
  asyncQueue,
  asyncPriorityQueue,
  pLimit,
  pQueue,
  pQueuePriorities,
  pQueueSignal,
  bottleneck,
  lane,
  laneUnheard,
  lanePlain,
];

/** Counts what runs. */
function countingWork() {
  const counts = { ran: 0, running: 0, most: 0 };
  const work = async (): Promise<void> => {
    counts.running += 1;
    counts.most = Math.max(counts.most, counts.running);
    await Promise.resolve();
    counts.running -= 1;
    counts.ran += 1;
  };
  return { counts, work };
}

test.each(contestants)("$name runs every job once and no more than its cap at a time", async (contestant) => {
  const { counts, work } = countingWork();
  const queue = contestant.open(3);
  await Promise.all(makeOrders(60, { callers: 7, priorities: 10 }).map((order) => queue.add(work, order)));
  expect(counts).toMatchObject({ ran: 60, running: 0 });
  expect(counts.most).toBeLessThanOrEqual(3);
});

test.each(contestants)("$name runs as many at a time as its cap allows", async (contestant) => {
  const { promise: full, resolve } = Promise.withResolvers<void>();
  let running = 0;
  const work = async (): Promise<void> => {
    running += 1;
    if (running === 3) resolve();
    await full;
  };
  const queue = contestant.open(3);
  await Promise.all(makeOrders(6, { callers: 2 }).map((order) => queue.add(work, order)));
  expect(running).toBe(6);
});

test("runByWorkers() runs every work once and no more than the cap at a time", async () => {
  const { counts, work } = countingWork();
  await runByWorkers(
    3,
    Array.from({ length: 60 }, () => work),
  );
  expect(counts).toEqual({ ran: 60, running: 0, most: 3 });
});

/** The names of the orders in the order in which they start, one at a time, once all have been submitted. */
async function startOrder(contestant: Contestant, orders: readonly (Order & { name: string })[]) {
  const queue = contestant.open(1);
  const gate = holdSlots(queue, 1);
  const started: string[] = [];
  const results = orders.map((order) =>
    queue.add(async () => {
      started.push(order.name);
    }, order),
  );
  await gate.open();
  await Promise.all(results);
  return started;
}

const mixed = [
  { name: "ada, low", callerId: "ada", priority: 1 },
  { name: "ada, high", callerId: "ada", priority: 8 },
  { name: "bob, low", callerId: "bob", priority: 1 },
];

// Not bottleneck: it takes a job in some turns later, when the gate is open already.
test.each([rawPriorities, asyncPriorityQueue, pQueuePriorities])(
  "$name starts what is more urgent first",
  async (contestant) => {
    expect(await startOrder(contestant, mixed)).toEqual(["ada, high", "ada, low", "bob, low"]);
  },
);

test("the raw round robin gives callers turns", async () => {
  expect(await startOrder(rawRoundRobin, mixed)).toEqual(["ada, low", "bob, low", "ada, high"]);
});

test.each([rawSignal, rawSharedSignal, pQueueSignal, laneUnheard])(
  "$name never starts a job whose signal aborts while it waits",
  async (contestant) => {
    const { counts, work } = countingWork();
    const queue = contestant.open(1);
    const gate = holdSlots(queue, 1);
    const controller = new AbortController();
    const reason = new Error("not needed");
    const order = { callerId: "ada", priority: 0 };
    const cancelled = queue.add(work, { ...order, signal: controller.signal });
    const kept = queue.add(work, order);
    controller.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    await gate.open();
    await kept;
    expect(counts.ran).toBe(1);
  },
);
