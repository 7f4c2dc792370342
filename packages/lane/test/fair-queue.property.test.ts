import fc from "fast-check";
import { expect, test } from "vitest";
import { FairQueue } from "../src/fair-queue.ts";
import type { QueueEntry } from "../src/caller.ts";
import type { ModelJob } from "./model/model-job.ts";
import { OrderModel } from "./model/order-model.ts";
import { propertyRuns } from "./internal/property-runs.ts";

interface Entry extends QueueEntry<Entry> {
  readonly job: ModelJob;
}

/** Enough of it at once that what a queue keeps of jobs is closed up, halved, and put aside. */
const step = fc.oneof(
  fc.record({
    act: fc.constant("push"),
    caller: fc.constantFrom("a", "b", "c", "d"),
    priority: fc.constantFrom(0, 0, 0, 1, 2, -1),
    weight: fc.constantFrom(1, 1, 1, 2, 0.5),
    count: fc.integer({ min: 1, max: 400 }),
  }),
  /** Takes all jobs out but each that comes so many places behind the one before it. */
  fc.record({ act: fc.constant("thin"), every: fc.integer({ min: 2, max: 60 }), from: fc.nat({ max: 60 }) }),
  fc.record({ act: fc.constant("next"), count: fc.integer({ min: 1, max: 12 }) }),
);

const scenes = fc.record({
  turnsPerLevel: fc.constantFrom(1, 3, 10, Number.POSITIVE_INFINITY),
  shares: fc.constantFrom<Readonly<Record<string, number>>>({}, { a: 4, b: 0.5 }),
  steps: fc.array(step, { maxLength: 40, size: "max" }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer S> ? S : never;

/** Jobs that are fewer than this are looked at one by one: the model takes its time. */
const few = 60;

test("FairQueue keeps order and positions however many jobs come, and however few of them are left", () => {
  const play = ({ turnsPerLevel, shares, steps }: Scene): void => {
    const shareOf = (caller = ""): number => shares[caller] ?? 1;
    const bounds = { callerCap: Number.POSITIVE_INFINITY, maxQueued: 0, maxQueuedPerCaller: 0 };
    const model = new OrderModel({ ...bounds, rate: [], turnsPerLevel, shareOf });
    const queue = new FairQueue<Entry>({ turnsPerLevel, callerWeight: shareOf });
    let left: Entry[] = [];
    const submitted = new Map<string, number>();
    const jobs = (): ModelJob[] => left.map(({ job }) => job);

    const push = ({
      caller,
      priority,
      weight,
    }: {
      caller: string;
      priority: number;
      weight: number;
    }): void => {
      const number = submitted.get(caller) ?? 0;
      submitted.set(caller, number + 1);
      const asked = {
        id: `${caller}-${number}`,
        caller,
        priority,
        weight,
        timeoutMs: Number.POSITIVE_INFINITY,
      };
      const turn = number - priority * turnsPerLevel;
      const job: ModelJob = { ...asked, state: "queued", turn, startedAt: 0, used: weight };
      const entry: Entry = { job, caller: queue.callerOf(caller), level: undefined, place: 0, weight };
      queue.push(entry, priority);
      left.push(entry);
    };
    const take = (): void => {
      const next = queue.next();
      expect(next?.job.id).toBe(model.next(jobs())?.id);
      if (next === undefined) return;
      model.start(next.job);
      left = left.filter((entry) => entry !== next);
      queue.ended(next, false);
      model.compete(jobs());
    };
    const thin = (every: number, from: number): void => {
      const isKept = (index: number): boolean => index % every === from % every;
      for (const [index, entry] of left.entries()) if (!isKept(index)) queue.remove(entry);
      left = left.filter((_, index) => isKept(index));
      model.compete(jobs());
    };

    for (const each of steps) {
      if (each.act === "push") for (let count = 0; count < each.count; count += 1) push(each);
      else if (each.act === "thin") thin(each.every, each.from);
      else while (left.length > few) thin(7, left.length);
      model.compete(jobs());
      if (each.act === "next") for (let count = 0; count < each.count; count += 1) take();
      expect(queue.size).toBe(left.length);
      if (left.length > few) continue;
      const turns = model.turns(jobs());
      expect(left.map((entry) => queue.positionOf(entry))).toEqual(left.map(({ job }) => turns.indexOf(job)));
    }
    expect(queue.entries().map(({ job }) => job.id)).toEqual(jobs().map(({ id }) => id));
  };
  fc.assert(fc.property(scenes, play), propertyRuns("bursts", 300, 10_000));
});
