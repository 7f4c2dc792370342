import fc from "fast-check";
import { expect, test } from "vitest";
import { createLane, type Lane } from "../src/index.ts";
import { tick } from "./gate.ts";
import { propertyRuns } from "./internal/property-runs.ts";

/** A lane whose jobs run until the test ends them, and the order in which they started. */
class Queue {
  readonly lane: Lane;
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();
  #count = 0;

  constructor(lane: Lane) {
    this.lane = lane;
  }

  submit(job: { callerId: string; priority: number; weight: number }): void {
    const id = `job-${this.#count}`;
    this.#count += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.set(id, resolve);
    const run = (): Promise<void> => {
      this.started.push(id);
      return promise;
    };
    void this.lane.submit({ ...job, id, run });
  }

  /** Ends that many of the jobs that run, the oldest first. */
  async end(count: number): Promise<void> {
    for (let ended = 0; ended < count; ended += 1) {
      await tick();
      const id = this.started.find((each) => this.#ends.has(each));
      if (id === undefined) return;
      this.#ends.get(id)?.();
      this.#ends.delete(id);
    }
    await tick();
  }

  /** Ids of the jobs that have not started, in the order of their submission. */
  get queued(): string[] {
    return [...this.#ends.keys()].filter((id) => !this.started.includes(id));
  }

  async cancel(id: string): Promise<void> {
    await this.lane.cancel(id);
    this.#ends.delete(id);
  }
}

interface Kind {
  readonly jobs: string;
  readonly priorities: readonly number[];
  readonly weights: readonly number[];
}

const kinds: readonly Kind[] = [
  { jobs: "weighted jobs", priorities: [0, 0, 1, 2, -1, 0.3], weights: [1, 1, 2, 0.1, 7] },
  { jobs: "jobs of small whole priorities", priorities: [0, 1, 2, -1, 9], weights: [1] },
  {
    jobs: "jobs of priorities far apart",
    priorities: [0, 1, 128, -129, 1e300, 1e308, 1.5e308],
    weights: [1, 1, 1, 3],
  },
];

const scenesOf = ({ priorities, weights }: Kind) => {
  const job = fc.record({
    callerId: fc.constantFrom("a", "b", "c", "d", "e"),
    priority: fc.constantFrom(...priorities),
    weight: fc.constantFrom(...weights),
  });
  return fc.record({
    cap: fc.constantFrom(1, 2, 4),
    turnsPerLevel: fc.constantFrom(1, 3, 10, 2_000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY),
    shares: fc.array(fc.constantFrom(1, 1 / 3, 2, 0.7), { minLength: 5, maxLength: 5 }),
    earlier: fc.array(job, { maxLength: 20 }),
    ended: fc.nat({ max: 20 }),
    later: fc.array(job, { minLength: 1, maxLength: 40, size: "max" }),
    cancelled: fc.array(fc.nat(), { maxLength: 8 }),
    /** Somebody has asked before the last jobs came. */
    isAsked: fc.boolean(),
    /** One slot after the other becomes free, or all that are needed do at once. */
    isSudden: fc.boolean(),
  });
};

type Scene = ReturnType<typeof scenesOf> extends fc.Arbitrary<infer S> ? S : never;

test.each(kinds)(
  "placement() of every queued job says how many really start before it: $jobs",
  async (kind) => {
    const play = async (scene: Scene): Promise<void> => {
      const { cap, turnsPerLevel, shares } = scene;
      const callerWeight = (callerId = "a"): number => shares[callerId.charCodeAt(0) - 97] ?? 1;
      const aging = turnsPerLevel === Number.POSITIVE_INFINITY ? (false as const) : { turnsPerLevel };
      const queue = new Queue(createLane({ name: "llm", maxConcurrent: cap, aging, callerWeight }));
      for (const each of scene.earlier) queue.submit(each);
      await queue.end(scene.ended);
      if (scene.isAsked) await Promise.all(queue.queued.map((id) => queue.lane.placement(id)));
      for (const each of scene.later) queue.submit(each);
      await tick();
      for (const at of scene.cancelled) {
        const { queued } = queue;
        if (queued.length > 0) await queue.cancel(queued[at % queued.length] as string);
      }
      const { queued } = queue;
      const placements = await Promise.all(queued.map((id) => queue.lane.placement(id)));
      const before = queue.started.length;
      if (scene.isSudden) await queue.lane.setMaxConcurrent(Number.POSITIVE_INFINITY);
      await queue.end(scene.earlier.length + scene.later.length);
      const starts = queue.started.slice(before);
      expect(starts.toSorted()).toEqual(queued.toSorted());
      expect(placements).toEqual(
        queued.map((id) => {
          const position = starts.indexOf(id);
          const waitingFor = position === 0 ? "cap" : "turn";
          return expect.objectContaining({ state: "queued", position, waitingFor, exact: true });
        }),
      );
    };
    await fc.assert(fc.asyncProperty(scenesOf(kind), play), propertyRuns("queues", 500, 20_000));
  },
);

test("placement() is right with 100,000 jobs of 1,000 callers and 10 priorities queued", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 0 });
  const starts: number[] = [];
  const count = 100_000;
  for (let index = 0; index < count; index += 1) {
    // Callers and priorities in an order that repeats only after all pairs of them.
    const mixed = (index * 7_919) % count;
    const job = { callerId: `caller-${mixed % 1_000}`, priority: Math.floor(mixed / 1_000) % 10 };
    void lane.submit({ ...job, id: `job-${index}`, run: () => void starts.push(index) });
  }
  const sample = Array.from({ length: 60 }, (_, index) => (index * 503) % count);
  const placements = await Promise.all(sample.map((index) => lane.placement(`job-${index}`)));
  await lane.setMaxConcurrent(Number.POSITIVE_INFINITY);
  await tick();
  expect(starts).toHaveLength(count);
  const places = new Map(starts.map((index, place) => [index, place]));
  expect(placements.map((placement) => placement?.position)).toEqual(
    sample.map((index) => places.get(index)),
  );
});
