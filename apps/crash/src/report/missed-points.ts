import type { ScenarioResult } from "../parent/run-scenario.ts";
import { pointsOf } from "../plan/points.ts";

/** So many kills are enough to come to every point on every store. */
const enoughKills = 400;

/** The points at which nobody died in a run that is long enough for all of them, as `<store>: <points>`. */
export function missedPoints(results: readonly ScenarioResult[]): string[] {
  const byStore = Map.groupBy(results, ({ order }) => order.store);
  return [...byStore].flatMap(([store, own]) => {
    if (own.reduce((sum, { kills }) => sum + kills, 0) < enoughKills / 2) return [];
    const reached = new Set(own.flatMap(({ points }) => points));
    const wanted = pointsOf({ isSqlite: store === "sqlite", requeues: true });
    const missed = wanted.filter((point) => !reached.has(point));
    return missed.length === 0 ? [] : [`${store}: nobody died at ${missed.join(", ")}`];
  });
}
