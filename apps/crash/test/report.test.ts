import { expect, test } from "vitest";
import type { ScenarioResult } from "../src/parent/run-scenario.ts";
import { allPoints } from "../src/plan/points.ts";
import { missedIn } from "../src/report/missed.ts";
import { countsOf, scenarioLines } from "../src/report/report-lines.ts";
import { scenarios } from "../src/scenarios/all-scenarios.ts";

const points = allPoints(false);
const verdict = {
  accepted: 20,
  lost: [],
  startedTwice: [],
  leftRunning: [],
  interrupted: 3,
  takenOver: 9,
  interruptedBeforeStart: 1,
  faults: [],
};

/** One for each scenario that PostgreSQL has, each with so many kills. */
function resultsOf(kills: number, fields: Partial<ScenarioResult> = {}): ScenarioResult[] {
  return scenarios
    .filter(({ stores }) => stores.includes("postgres"))
    .map((scenario) => ({
      order: { scenario, store: "postgres", kills, seed: 4, folder: "/tmp/run", urls: {} },
      kills,
      points,
      notes: [],
      verdict,
      folder: `/tmp/run/${scenario.name}`,
      tookMs: 1_500,
      ...fields,
    }));
}

test("countsOf() sums up a run in one line", () => {
  expect(countsOf(resultsOf(2).slice(0, 3))).toBe(
    "kills 6, accepted 60, lost 0, started twice 0, left running 0",
  );
});

test("scenarioLines() gives one line for a scenario that is clean", () => {
  const [result] = resultsOf(2, { notes: ["told"] });
  expect(result && scenarioLines(result)).toEqual([
    "postgres one-process     kills 2, accepted 20, lost 0, started twice 0, left running 0; " +
      "interrupted 3, interrupted before start 1, taken over 9; told; 1.5 s",
  ]);
});

test("scenarioLines() names what is wrong, the seed and the folder", () => {
  const lost = Array.from({ length: 12 }, (_, index) => `a1-${index}`);
  const [result] = resultsOf(2, { verdict: { ...verdict, lost, faults: ["a fault"] } });
  const lines = result ? scenarioLines(result) : [];
  expect(lines).toHaveLength(13);
  expect(lines.slice(-3)).toEqual(["  lost: a1-9", "  and 3 more", "  seed 4, kept in /tmp/run/one-process"]);
});

test("missedIn() names the points at which nobody died in a run that was long enough", () => {
  const fewer = points.slice(2);
  expect(missedIn(resultsOf(100))).toEqual([]);
  expect(missedIn(resultsOf(100, { points: fewer }))).toEqual([
    "postgres: nobody died at enqueue:before, enqueue:during",
  ]);
  expect(missedIn(resultsOf(2, { points: fewer }))).toEqual([]);
  expect(missedIn(resultsOf(100, { points: fewer }).slice(1))).toEqual([]);
});

test("missedIn() names a scenario in which nothing was interrupted", () => {
  const [idle] = resultsOf(100, { verdict: { ...verdict, interrupted: 0 } });
  expect(missedIn(idle ? [idle] : [])).toEqual([
    "postgres one-process: nothing was interrupted, or nothing taken over",
  ]);
});
