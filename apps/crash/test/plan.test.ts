import { expect, test } from "vitest";
import { createDeaths } from "../src/plan/deaths.ts";
import { planOf } from "../src/plan/job-plan.ts";
import { allPoints } from "../src/plan/points.ts";
import { createRandom } from "../src/plan/random.ts";
import { shareKills } from "../src/plan/share-kills.ts";

const points = allPoints(true);

test("createDeaths() plans a death at every point before it comes to one again", () => {
  const deaths = createDeaths({ random: createRandom(1), points, leaseMs: 300, blocks: false });
  const named: string[] = [];
  while (named.length < points.length) named.push(...deaths.next().mishaps.map(({ point }) => point));
  expect(named.toSorted()).toEqual(points.toSorted());
});

test("createDeaths() plans deaths at the points that few scenarios come to before all others", () => {
  const deaths = createDeaths({ random: createRandom(1), points, leaseMs: 300, blocks: false });
  const named: string[] = [];
  while (named.length < 3) named.push(...deaths.next().mishaps.map(({ point }) => point));
  expect(named.toSorted()).toEqual(["requeued:after", "requeued:before", "requeued:during"]);
});

test("createDeaths() plans the same for the same seed, and something else for another one", () => {
  const [first, again, other] = [1, 1, 2].map((seed) => {
    const deaths = createDeaths({ random: createRandom(seed), points, leaseMs: 300, blocks: false });
    return Array.from({ length: 50 }, () => deaths.next());
  });
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test("planOf() makes the same of the same id, with metadata that is no text", () => {
  const workload = { seed: 1, isFlat: false, maxBytes: 300 };
  const ids = Array.from({ length: 100 }, (_, index) => `a1-${index}`);
  expect(ids.map((jobId) => planOf(jobId, workload))).toEqual(ids.map((jobId) => planOf(jobId, workload)));
  const plans = ids.map((jobId) => planOf(jobId, workload));
  expect(new Set(plans.map(({ kind }) => kind)).size).toBe(7);
  expect(new Set(plans.flatMap(({ metadata }) => [...metadata])).size).toBe(256);
});

test("shareKills() gives each its part and at least one, and all of them together", () => {
  expect(shareKills(100, [5, 3, 2])).toEqual([50, 30, 20]);
  expect(shareKills(10, [1, 1, 1])).toEqual([3, 4, 3]);
  expect(shareKills(1, [1, 1])).toEqual([1, 1]);
});
