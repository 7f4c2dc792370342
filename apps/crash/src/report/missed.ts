import type { ScenarioResult } from "../parent/run-scenario.ts";
import { allPoints, type Point, redisPoints } from "../plan/points.ts";
import { scenarios } from "../scenarios/all-scenarios.ts";

/** So many kills on one store are enough to come to every point. */
const enoughKills = 250;
/** So many kills in one scenario are enough to hit something. */
const enoughOfOne = 20;

/** What a run did not get to see although it was long enough for that: then its zeros say less than they seem to. */
export function missedIn(results: readonly ScenarioResult[]): string[] {
  const byStore = Map.groupBy(results, ({ order }) => order.store);
  return [
    ...[...byStore.values()].flatMap(missedPoints),
    ...results.flatMap(({ order, verdict, kills }) => {
      const isIdle = verdict.interrupted === 0 || verdict.takenOver === 0;
      const name = `${order.store} ${order.scenario.name}`;
      return isIdle && kills >= enoughOfOne
        ? [`${name}: nothing was interrupted, or nothing taken over`]
        : [];
    }),
  ];
}

function missedPoints(results: readonly ScenarioResult[]): string[] {
  const [first] = results;
  const kills = results.reduce((sum, result) => sum + result.kills, 0);
  // With scenarios chosen by name nobody can expect all points.
  const isAll = scenarios
    .filter(({ share, stores }) => share !== undefined && first && stores.includes(first.order.store))
    .every(({ name }) => results.some(({ order }) => order.scenario.name === name));
  if (!first || !isAll || kills < enoughKills) return [];
  const { store } = first.order;
  const reached = new Set(results.flatMap(({ points }): readonly Point[] => points));
  const points = store === "redis" ? redisPoints : allPoints(store === "sqlite");
  const missed = points.filter((point) => !reached.has(point));
  return missed.length === 0 ? [] : [`${store}: nobody died at ${missed.join(", ")}`];
}
